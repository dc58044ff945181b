create table accounts (
    id         text primary key,
    full_name  text not null,
    email      text not null unique,
    language   text not null,
    created_at timestamptz not null
);

create table addresses (
    id          bigint generated always as identity primary key,
    account_id  text not null references accounts,
    kind        text not null check (kind in ('home', 'delivery')),
    street      text not null,
    postal_code text not null,
    city        text not null
);

create index on addresses (account_id);
