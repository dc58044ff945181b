package dev.lethe.requests.access;

import dev.lethe.messages.Subject;
import java.util.UUID;

/**
 * A worker's right to build one report.
 *
 * @param epoch counted up by PostgreSQL with every claim; what a worker writes under an older one changes nothing
 * @param attempt counts from 1
 */
public record Claim(UUID requestId, int epoch, int attempt, Subject subject) {}
