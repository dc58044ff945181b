create table customers (
    customer_number text primary key,
    user_id         text not null unique,
    billing_name    text not null,
    customer_since  date not null
);

create table invoices (
    number          text primary key,
    customer_number text not null references customers,
    issued_on       date not null,
    amount_cents    bigint not null check (amount_cents > 0)
);

create index on invoices (customer_number);

create table payments (
    id             bigint generated always as identity primary key,
    invoice_number text not null references invoices,
    paid_at        timestamptz not null,
    amount_cents   bigint not null,
    method         text not null check (method in ('card', 'bank transfer')),
    card_ends_in   text
);

create index on payments (invoice_number);
