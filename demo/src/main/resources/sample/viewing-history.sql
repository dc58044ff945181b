create table plays (
    id         bigint generated always as identity primary key,
    user_id    text not null,
    title      text not null,
    device     text not null,
    started_at timestamptz not null,
    minutes    int not null
);

create index on plays (user_id);

create table ratings (
    user_id  text not null,
    title    text not null,
    stars    int not null check (stars between 1 and 5),
    rated_at timestamptz not null,
    primary key (user_id, title)
);
