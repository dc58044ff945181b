-- Handed to a broker that did not say what became of it: it is sent again, and whoever cancels it is not told that it never was.
alter table message add maybe_sent boolean not null default false;
alter table undeliverable add maybe_sent boolean not null default false;
