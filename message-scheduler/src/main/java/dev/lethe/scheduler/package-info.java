/** Keeps other services' messages until their time and sends them then: the engine of {@code outbox}, open to everyone over AMQP. */
@NullMarked
package dev.lethe.scheduler;

import org.jspecify.annotations.NullMarked;
