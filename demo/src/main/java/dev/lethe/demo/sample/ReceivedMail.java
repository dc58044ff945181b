package dev.lethe.demo.sample;

/** A mail as it arrived at the mail server. */
public record ReceivedMail(String recipient, String subject, String text) {}
