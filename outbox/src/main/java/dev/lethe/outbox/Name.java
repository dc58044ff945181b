package dev.lethe.outbox;

/** What a message is called: the broker user that asked for it, and the key that user gave it. */
public record Name(String owner, String key) {}
