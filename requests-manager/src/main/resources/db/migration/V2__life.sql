-- The whole life of a request: cooling off, waiting, holds, followers, deadlines of our own, pseudonyms

alter table request
    drop constraint request_state_check,
    drop constraint ended_states_have_an_end,
    drop constraint ended_requests_name_nobody,
    drop constraint builders_have_a_lease,
    -- Tells that two requests are about one person, after we have forgotten who it was, too
    add column subject_pseudonym bytea,
    add column waiting_for       text check (waiting_for in ('participants', 'sources', 'human', 'report')),
    add column held_state        text,                    -- what it was when it was put on hold
    add column cooling_off_until timestamptz,
    add column duplicate_of      uuid references request, -- the request that this one follows
    add column target_at         timestamptz,             -- our own aim, before the law's deadline
    add column acknowledge_by    timestamptz,             -- when the person must have heard from us at the latest
    add column acknowledged_at   timestamptz,
    add column extended_at       timestamptz,
    add column due_soon_at       timestamptz,             -- when each of these was said, so that it is said once
    add column overdue_at        timestamptz,
    add column unacknowledged_at timestamptz;

-- Reports of before lay in a folder and were not encrypted: V3 begins anew
update request set state = 'expired' where state = 'ready';
update request set state = 'received', lease_until = null, worker = null, epoch = epoch + 1 where state = 'being_built';
update request set state = 'completed_with_exceptions' where state = 'completed' and outcome = 'completed_with_exceptions';
-- Nobody knows whose they were, or it would take the key: they are nobody's twins
update request set submission_hash = '' where subject is null;
update request set subject_pseudonym = sha256(convert_to(id::text, 'UTF8')), target_at = due_at;

alter table request
    alter column subject_pseudonym set not null,
    alter column target_at set not null,
    add constraint known_states check (state in
        ('received', 'cooling_off', 'waiting', 'in_progress', 'handed_over', 'following', 'on_hold',
         'ready', 'completed', 'completed_with_exceptions', 'withdrawn', 'rejected', 'expired')),
    add constraint ended_states_have_an_end check ((ended_at is not null) = (state in
        ('ready', 'completed', 'completed_with_exceptions', 'withdrawn', 'rejected', 'expired'))),
    add constraint open_requests_name_somebody   check (ended_at is not null or subject is not null),
    add constraint workers_have_a_lease          check ((state = 'in_progress') = (lease_until is not null)),
    add constraint waiting_says_for_what         check (state not in ('waiting') or waiting_for is not null),
    add constraint holds_know_what_was_held      check ((state = 'on_hold') = (held_state is not null)),
    add constraint followers_know_whom           check (state <> 'following' or duplicate_of is not null),
    add constraint cooling_off_ends              check (state <> 'cooling_off' or cooling_off_until is not null);

drop index request_waiting;
drop index request_leased;
create index request_claimable on request (next_attempt_at)
    where state = 'received' or state = 'waiting' and waiting_for in ('participants', 'sources');
create index request_leased on request (lease_until) where state = 'in_progress';
create index request_of_person on request (subject_pseudonym, received_at);
create index request_followers on request (duplicate_of) where state = 'following';
create index request_to_be_forgotten on request (ended_at) where ended_at is not null and subject is not null;
create index request_by_time on request (received_at, id);
create index request_open_by_time on request (received_at, id) where ended_at is null;
create index request_by_deadline on request (due_at) where ended_at is null;

alter table request_history rename column worker to who;
alter table request_history add column waiting_for text;
update request_history set who = 'unknown' where who is null;
alter table request_history alter column who set not null;

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append only', tg_table_name;
end
$$;
create trigger request_history_is_append_only before update or delete on request_history
    for each row execute function refuse_change();
create trigger request_history_is_not_emptied before truncate on request_history
    for each statement execute function refuse_change();

-- What participants were asked to hand out for a report, and what they answered
create table export_task (
    task_id     uuid        primary key,
    request_id  uuid        not null references request,
    participant text        not null,
    asked_at    timestamptz not null default now(),
    answer_by   timestamptz not null,
    asked       integer     not null default 1,           -- how often
    outcome     text        check (outcome in ('exported', 'nothing_found', 'failed')),
    ask_again   boolean     not null default false,       -- it failed, but not for good
    answered_at timestamptz,
    answer_hash bytea,                                    -- tells a repetition from a contradiction
    documents   bytea,                                    -- encrypted; emptied when the request has ended

    unique (request_id, participant),
    constraint answers_have_a_time check ((outcome is null) = (answered_at is null))
);
