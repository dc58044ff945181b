package dev.lethe.messages;

/**
 * A body that is not what the contract says. Carries a code and the field at fault, never the content:
 * it may go into logs, headers and answers.
 */
public final class InvalidMessage extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;
    private final String detail;

    public InvalidMessage(String reason, String detail) {
        super(reason + ": " + detail);
        this.reason = reason;
        this.detail = detail;
    }

    /** For a field that breaks a rule; {@code rule} reads on from the field's name, as in "must not be blank". */
    static InvalidMessage field(String field, String rule) {
        return new InvalidMessage("invalid_body", field + " " + rule);
    }

    /** {@code not_json} or {@code invalid_body}. */
    public String reason() {
        return reason;
    }

    /** Which field, and what it must be. */
    public String detail() {
        return detail;
    }
}
