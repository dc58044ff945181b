package dev.lethe.outbox;

import com.rabbitmq.client.AMQP;

/** What a {@link Publisher} needs to know of a message. */
interface Publication {

    String exchange();

    String routingKey();

    AMQP.BasicProperties properties();

    byte[] body();

    /** Not to be published before this, on the scale of {@link System#nanoTime()}. */
    long dueNanos();
}
