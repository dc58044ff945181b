package dev.lethe.requests.access.report;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** How many bytes the sections of one report may still have, before compression: a source may be endless. */
final class Allowance {

    /** Somebody wrote beyond it. */
    static final class Exceeded extends IOException {

        private static final long serialVersionUID = 1L;

        private final long most;

        private Exceeded(long most) {
            super(reason(most));
            this.most = most;
        }

        String reason() {
            return reason(most);
        }

        private static String reason(long most) {
            return "gave more than a report may hold, which by lethe.access.max-report-bytes is %d bytes"
                    .formatted(most);
        }
    }

    private final long most;
    private final AtomicLong left;

    Allowance(long most) {
        this.most = most;
        this.left = new AtomicLong(most);
    }

    void take(long bytes) throws Exceeded {
        if (left.addAndGet(-bytes) < 0) {
            throw new Exceeded(most);
        }
    }

    void giveBack(long bytes) {
        left.addAndGet(bytes);
    }
}
