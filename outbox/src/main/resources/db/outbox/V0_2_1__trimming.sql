-- A count whose message never came again would stay for ever; from its age it can be told.
alter table delivery_attempt add column begun_at timestamptz not null default now();
