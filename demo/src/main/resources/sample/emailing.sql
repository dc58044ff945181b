create table subscribers (
    user_id       text primary key,
    email         text not null,
    display_name  text not null,
    newsletter    boolean not null,
    subscribed_at timestamptz not null
);

create table sent_mails (
    id        bigint generated always as identity primary key,
    user_id   text not null,
    recipient text not null,
    subject   text not null,
    sent_at   timestamptz not null
);

create index on sent_mails (user_id);

-- Which notices went out, so that none goes out twice. Holds nothing about a person, and so outlives the erasure.
create table notices (
    request_id uuid not null,
    kind       text not null,
    sent_at    timestamptz not null,
    primary key (request_id, kind)
);
