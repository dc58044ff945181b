/** Private PostgreSQL, Redis and RabbitMQ for demo, tests and benchmarks: start, stop, kill, pause, and nothing left behind. */
@NullMarked
package dev.lethe.servers;

import org.jspecify.annotations.NullMarked;
