package dev.lethe.messages;

/**
 * A kind of message: its logical name, which is the AMQP property {@code type}, and the record that its body is read into.
 *
 * @param name stable for ever; never a class name
 * @param body the record of the current schema version
 */
public record MessageType<B>(String name, Class<B> body) {}
