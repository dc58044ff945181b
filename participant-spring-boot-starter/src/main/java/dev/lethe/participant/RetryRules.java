package dev.lethe.participant;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.support.converter.MessageConversionException;

/**
 * Which failure is tried again when: a table, of which the first line that fits decides. A line fits if the exception that the
 * listener threw, or one of its causes, is of that class. Immutable.
 *
 * <pre>{@code
 * RetryRules.otherwise(exponential(Duration.ofSeconds(5), Duration.ofHours(1), 8))
 *         .on(InvalidOrder.class, park())
 *         .on(IOException.class, fixed(Duration.ofMinutes(1), 30));
 * }</pre>
 *
 * What fits no line and cannot be read, or asks not to be delivered again ({@link MessageConversionException}, {@link
 * AmqpRejectAndDontRequeueException}), is parked.
 */
public final class RetryRules {

    private static final List<Rule> HOPELESS = List.of(
            new Rule(MessageConversionException.class, Backoff.park()),
            new Rule(AmqpRejectAndDontRequeueException.class, Backoff.park()));

    private final Backoff otherwise;
    private final List<Rule> rules;

    private RetryRules(Backoff otherwise, List<Rule> rules) {
        this.otherwise = otherwise;
        this.rules = List.copyOf(rules);
    }

    /** A table without lines, which treats all failures alike. */
    public static RetryRules otherwise(Backoff backoff) {
        return new RetryRules(backoff, List.of());
    }

    /** This table and a further line at its end. */
    public RetryRules on(Class<? extends Throwable> failure, Backoff backoff) {
        var more = new ArrayList<>(rules);
        more.add(new Rule(failure, backoff));
        return new RetryRules(otherwise, more);
    }

    Decision decide(Throwable thrown) {
        List<Throwable> chain = Failure.chain(thrown);
        return Stream.concat(rules.stream(), HOPELESS.stream())
                .flatMap(rule -> chain.stream()
                        .filter(rule.failure()::isInstance)
                        .map(cause -> new Decision(rule.backoff(), new Failure(cause))))
                .findFirst()
                .orElseGet(() -> new Decision(otherwise, new Failure(chain.get(0))));
    }

    @Override
    public String toString() {
        return Stream.concat(
                        rules.stream()
                                .map(rule -> "%s: %s".formatted(rule.failure().getSimpleName(), rule.backoff())),
                        Stream.of("otherwise: " + otherwise))
                .collect(joining("; "));
    }

    private record Rule(Class<? extends Throwable> failure, Backoff backoff) {}

    /** @param failure the one that the line fits, or what was thrown if none did */
    record Decision(Backoff backoff, Failure failure) {}
}
