-- Why a message was late, for whoever asks. Nothing is written here for messages that go out on time.

-- One row per attempt that failed, written in the transaction of the batch: no row without its consequence. It outlives its message.
create table failed_attempt (
    message_id bigint      not null,
    at         timestamptz not null default clock_timestamp(),
    attempt    smallint    not null,
    reason     text        not null,
    exchange   text        not null
);
create index failed_attempt_message on failed_attempt (message_id, at);
create index failed_attempt_at on failed_attempt (at);

-- What befell a lane, and on which instance.
create table lane_event (
    at       timestamptz not null default clock_timestamp(),
    shard    smallint    not null,
    instance text        not null,
    event    text        not null check (event in ('owned', 'lost', 'broker_lost', 'broker_blocked', 'broker_unblocked')),
    detail   text
);
create index lane_event_at on lane_event (at);
