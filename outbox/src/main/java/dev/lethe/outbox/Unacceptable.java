package dev.lethe.outbox;

/**
 * A message that no retry will make right. It goes to the parking lot at once, with this as the reason; both texts are for
 * operators and hold no personal data.
 */
public final class Unacceptable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;
    private final String detail;

    /**
     * @param reason a code, such as {@code unknown_type}
     * @param detail what was expected and what was found
     */
    public Unacceptable(String reason, String detail) {
        super(reason + ": " + detail);
        this.reason = reason;
        this.detail = detail;
    }

    public String reason() {
        return reason;
    }

    public String detail() {
        return detail;
    }
}
