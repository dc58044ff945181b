package dev.lethe.demo.sample;

/** The person whom a notice is for is not, or no longer, among the subscribers. */
final class NoticeImpossible extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NoticeImpossible(String kind) {
        super("the notice '%s' cannot be sent: there is no subscriber of that id; was emailing erased before it?"
                .formatted(kind));
    }
}
