package dev.lethe.cancellation.erasure;

import dev.lethe.messages.MessageType;
import dev.lethe.messages.participant.EraseSubject;
import dev.lethe.messages.request.Fact;
import java.time.Duration;

/** What the world is told because of a decision. */
public sealed interface Effect {

    /** To whoever listens. */
    record Tell<F extends Fact>(MessageType<F> type, F fact) implements Effect {}

    /** To one participant, at once or {@code delay} from now. */
    record Ask(String participant, EraseSubject question, Duration delay) implements Effect {}
}
