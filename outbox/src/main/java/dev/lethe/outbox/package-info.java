/** Messages kept in PostgreSQL and sent to RabbitMQ when due: outbox, delayed dispatch, inbox. */
@NullMarked
package dev.lethe.outbox;

import org.jspecify.annotations.NullMarked;
