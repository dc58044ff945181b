package dev.lethe.requests.deadline;

import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What one law says of time. Periods are of the calendar, in UTC, and count from when the person asked.
 *
 * @param answerWithin such as P1M (GDPR Art. 12(3)) or P45D (CCPA 1798.130(a)(2))
 * @param extendableBy how much longer the controller may take, once and if it says so before the first deadline; null if not at all
 * @param acknowledgeWithin by when the person must hear that the request has come; null if the law does not say
 * @param aimWithin when we mean to be done, earlier than the law; null for three quarters of its time
 * @param coolingOff how long an erasure waits for the person to think again
 */
public record Regulation(
        Period answerWithin,
        @Nullable Period extendableBy,
        @Nullable Period acknowledgeWithin,
        @Nullable Period aimWithin,
        @DefaultValue("P0D") Period coolingOff) {

    private static final double USUAL_AIM = 0.75;

    public Regulation {
        if (answerWithin == null) {
            throw new IllegalArgumentException("answer-within is not set; write a period such as P1M or P45D");
        }
        requirePositive("answer-within", answerWithin);
        requirePositive("extendable-by", extendableBy);
        requirePositive("acknowledge-within", acknowledgeWithin);
        requirePositive("aim-within", aimWithin);
        if (coolingOff.isNegative()) {
            throw new IllegalArgumentException("cooling-off is %s; write a period such as P3D".formatted(coolingOff));
        }
    }

    private static void requirePositive(String key, @Nullable Period period) {
        if (period != null && (period.isNegative() || period.isZero())) {
            throw new IllegalArgumentException("%s is %s; write a period such as P1M or P45D".formatted(key, period));
        }
    }

    public Instant dueAt(Instant submittedAt) {
        return after(submittedAt, answerWithin);
    }

    /**
     * The end of the longer time. It counts from the request, as the law has it, so that two months more are three months from 31
     * January and not from the end of February.
     */
    public Instant extendedDueAt(Instant submittedAt) {
        Period longer = extendableBy;
        if (longer == null) {
            throw new IllegalStateException("this regulation knows no extension; ask before");
        }
        return after(
                submittedAt,
                Period.of(
                        answerWithin.getYears() + longer.getYears(),
                        answerWithin.getMonths() + longer.getMonths(),
                        answerWithin.getDays() + longer.getDays()));
    }

    /** When we mean to be done with what is due then. */
    public Instant targetAt(Instant submittedAt, Instant dueAt) {
        Period aim = aimWithin;
        Instant target = aim == null
                ? submittedAt.plusMillis((long) (USUAL_AIM * (dueAt.toEpochMilli() - submittedAt.toEpochMilli())))
                : after(submittedAt, aim);
        return target.isBefore(dueAt) ? target : dueAt;
    }

    public @Nullable Instant acknowledgeBy(Instant submittedAt) {
        return acknowledgeWithin == null ? null : after(submittedAt, acknowledgeWithin);
    }

    /** Until when an erasure that was received then may be thought over; null if there is no such time. */
    public @Nullable Instant coolOffUntil(Instant receivedAt) {
        return coolingOff.isZero() ? null : after(receivedAt, coolingOff);
    }

    private static Instant after(Instant time, Period period) {
        return time.atZone(ZoneOffset.UTC).plus(period).toInstant();
    }
}
