-- One row per erasure. Whoever changes it or its tasks locks this row first.
create table erasure (
    request_id uuid        primary key,
    subject    text,                               -- JSON; forgotten when all is done
    regulation text        not null,
    deadline   timestamptz not null,
    state      text        not null check (state in ('erasing', 'noticed', 'completed')),
    outcome    text        check (outcome in ('completed', 'completed_with_exceptions')),
    started_at timestamptz not null default now(),
    noticed_at timestamptz,                        -- when erasure.data_erased was published
    ended_at   timestamptz,

    constraint completed_has_end            check ((state = 'completed') = (ended_at is not null)),
    constraint completed_has_outcome        check ((state = 'completed') = (outcome is not null)),
    constraint completed_forgets_subject    check ((state = 'completed') = (subject is null)),
    constraint noticed_before_what_waits    check ((state = 'erasing') = (noticed_at is null))
);

-- What is still open, by what is due first
create index erasure_open on erasure (deadline) where ended_at is null;

-- One row per participant of an erasure, frozen when it started; only what stands below "state" changes.
create table erasure_task (
    task_id       uuid     primary key,
    request_id    uuid     not null references erasure,
    participant   text     not null,
    position      smallint not null,               -- its place in the plan
    after         text[]   not null,               -- participants that must have answered before it is asked, or 'notice'
    behind_notice boolean  not null,               -- waits for the notice, itself or through others
    delay_ms      bigint   not null check (delay_ms >= 0),

    state         text     not null check (state in ('waiting', 'asked', 'answered')),
    attempt       integer  not null,
    asked_at      timestamptz,                     -- when the last attempt was decided; it goes out up to delay or back-off later
    answered_at   timestamptz,
    outcome       text     check (outcome in ('erased', 'nothing_found', 'retained', 'failed')),
    records       bigint,
    retained      jsonb,
    reason        text,

    constraint one_task_per_participant unique (request_id, participant),
    constraint asked_has_attempt        check (case state when 'waiting' then attempt = 0 else attempt >= 1 end),
    constraint asked_has_time           check ((state = 'waiting') = (asked_at is null)),
    constraint answered_has_time        check ((state = 'answered') = (answered_at is not null)),
    constraint answered_has_outcome     check ((state = 'answered') = (outcome is not null)),
    constraint retained_says_what       check (outcome is distinct from 'retained' or jsonb_array_length(retained) > 0)
);
