-- The last batches that a consumer handled. A broker that loses sight of a consumer delivers again what that one had not acknowledged:
-- never more than it had in hand, which is less than what is remembered here.
create table inbox_batch (
    consumer    text   not null,
    number      bigint generated always as identity,
    message_ids uuid[] not null,
    primary key (consumer, number)
);
