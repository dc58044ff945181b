-- Reports of before lay unencrypted in a folder; their requests have expired with V2
drop table report;

create table report (
    request_id         uuid        primary key references request,
    epoch              integer     not null,                 -- under which it was written
    location           text        not null unique,          -- the store and the place in it: postgres:… or s3:…
    bytes              bigint      not null check (bytes >= 0),  -- of the ZIP itself, as its sum is
    sha256             text        not null,
    wrapped_key        bytea,                                -- null: destroyed, and the report with it
    token_sha256       bytea       not null unique,          -- the link's token itself is nowhere but in the link
    ready_at           timestamptz not null default now(),
    expires_at         timestamptz not null,
    downloads          integer     not null default 0,
    max_downloads      integer     not null,
    last_downloaded_at timestamptz,                          -- when the last of the downloads began
    deleted_at         timestamptz,                          -- since when nothing of it is stored any more

    constraint a_link_is_not_used_too_often check (downloads between 0 and max_downloads),
    constraint the_key_goes_before_the_data check (deleted_at is null or wrapped_key is null)
);
create index report_expiring on report (expires_at) where wrapped_key is not null;
create index report_to_delete on report (expires_at, request_id) where wrapped_key is null and deleted_at is null;

-- Encrypted, so that compressing would be in vain: external
create table report_chunk (
    request_id uuid    not null references request,
    epoch      integer not null,
    number     integer not null,                             -- from 0; all but the last are of the same size
    bytes      bytea   storage external not null,
    primary key (request_id, epoch, number)
);

-- Each time that a link was used: which bytes were sent, and when they became the whole report
create table report_use (
    request_id uuid           not null references report,
    number     integer        not null,
    begun_at   timestamptz    not null default now(),
    sent       int8multirange not null default '{}',
    whole_at   timestamptz,
    primary key (request_id, number)
);
