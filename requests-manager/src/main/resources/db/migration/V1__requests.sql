create table request (
    id              uuid        primary key,              -- of the frontend's making
    kind            text        not null check (kind in ('access', 'erasure')),
    regulation      text        not null,
    subject         text,                                 -- JSON; emptied when the request has ended
    submission_hash bytea       not null,                 -- tells a repetition from another request under the same id
    submitted_at    timestamptz not null,
    received_at     timestamptz not null default now(),
    due_at          timestamptz not null,
    locale          text,
    state           text        not null check (state in
                        ('received', 'being_built', 'handed_over', 'ready', 'completed', 'withdrawn', 'expired')),
    epoch           integer     not null default 0,       -- who claims the request counts it up; every later write must know it
    worker          text,
    lease_until     timestamptz,
    attempts        integer     not null default 0,
    next_attempt_at timestamptz not null default now(),
    last_reason     text,
    outcome         text,
    exceptions      text,
    ended_at        timestamptz,

    constraint ended_states_have_an_end   check ((state in ('ready', 'completed', 'withdrawn', 'expired')) = (ended_at is not null)),
    constraint ended_requests_name_nobody check (ended_at is null or subject is null),
    constraint builders_have_a_lease      check ((state = 'being_built') = (lease_until is not null))
);
create index request_waiting on request (next_attempt_at) where state = 'received';
create index request_leased on request (lease_until) where state = 'being_built';

-- Append only: how each request came to where it is
create table request_history (
    id         bigint generated always as identity primary key,
    request_id uuid        not null references request,
    at         timestamptz not null default clock_timestamp(),
    state      text        not null,
    cause      text        not null,
    epoch      integer     not null,
    worker     text
);
create index request_history_of on request_history (request_id, id);

create table report (
    request_id   uuid        primary key references request,
    file         text        not null,
    bytes        bigint      not null,
    sha256       text        not null,
    token_sha256 bytea       not null unique,             -- the link's token itself is nowhere but in the link
    ready_at     timestamptz not null default now(),
    expires_at   timestamptz not null,
    downloads    integer     not null default 0,
    deleted_at   timestamptz
);
create index report_expiring on report (expires_at) where deleted_at is null;
