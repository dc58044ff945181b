-- Runs once, by the administrator, when PostgreSQL makes its data: a database and a role for each service, and none may
-- enter another's.

\getenv requests_manager DATABASE_PASSWORD_REQUESTS_MANAGER
create role requests_manager login password :'requests_manager';
create database requests_manager owner requests_manager;
revoke connect, temporary on database requests_manager from public;

\getenv cancellation_service DATABASE_PASSWORD_CANCELLATION_SERVICE
create role cancellation_service login password :'cancellation_service';
create database cancellation_service owner cancellation_service;
revoke connect, temporary on database cancellation_service from public;

\getenv message_scheduler DATABASE_PASSWORD_MESSAGE_SCHEDULER
create role message_scheduler login password :'message_scheduler';
create database message_scheduler owner message_scheduler;
revoke connect, temporary on database message_scheduler from public;

-- Reads, for access reports, whatever other databases this server will have: the sample services' for the demo.
\getenv reports DATABASE_PASSWORD_REPORTS
create role reports login password :'reports' in role pg_read_all_data;
