package dev.lethe.requests.request;

/** What comes of a command. */
public sealed interface Decision {

    /** The request moves on, or is seen to stay where it is: either way it happened. */
    record Move(RequestState to) implements Decision {}

    /** It was so already, or it is not time yet; nothing is to be done. */
    record Nothing() implements Decision {}

    /** It cannot be; {@code reason} is a code that may be answered. */
    record Refuse(String reason) implements Decision {}
}
