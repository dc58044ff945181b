package dev.lethe.cancellation.erasure;

import java.util.List;

/** What becomes of a command. */
public sealed interface Decision {

    /** The erasure goes on: keep it as it is next and see to the effects, both or neither. */
    record Move(Erasure next, List<Effect> effects) implements Decision {
        public Move {
            effects = List.copyOf(effects);
        }
    }

    /** There is nothing to do, and nothing wrong. */
    record Nothing(Why why) implements Decision {}

    /** The command makes no sense; nothing changes and somebody should look at it. */
    record Refuse(Refusal refusal) implements Decision {}

    enum Why {
        /** It was said before, and done. */
        REPEATED,
        /** Participants were asked already; what they erased does not come back. */
        TOO_LATE,
        UNKNOWN_REQUEST
    }

    enum Refusal {
        UNKNOWN_TASK("unknown_task", "expected the task_id of a task that was sent out, found one that never was"),
        WRONG_SENDER("wrong_sender", "expected the answer of the participant that was asked, found another's"),
        NOT_ASKED("not_asked", "expected an answer to a question, but this participant was not asked yet"),
        CONTRADICTORY_ANSWER(
                "contradictory_answer",
                "expected the final answer that was given before, found another; the first one stays"),
        CONFLICTING_REQUEST("conflicting_request", "expected the subject of the erasure that runs under this id");

        private final String code;
        private final String detail;

        Refusal(String code, String detail) {
            this.code = code;
            this.detail = detail;
        }

        public String code() {
            return code;
        }

        /** What was expected and what was found, without personal data. */
        public String detail() {
            return detail;
        }
    }
}
