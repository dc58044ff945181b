/** A participant that hands out what it holds, over RabbitMQ. */
@NullMarked
package dev.lethe.requests.access.source.amqp;

import org.jspecify.annotations.NullMarked;
