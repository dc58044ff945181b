package dev.lethe.scheduler.intake;

/** Why something is not scheduled: a code, and what to write instead. Never holds what was sent. */
final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;

    private final String reason;
    private final String detail;

    Refusal(String reason, String detail) {
        super(reason + ": " + detail);
        this.reason = reason;
        this.detail = detail;
    }

    String reason() {
        return reason;
    }

    String detail() {
        return detail;
    }
}
