package dev.lethe.requests.life;

import dev.lethe.messages.Messages;
import dev.lethe.messages.request.DeadlineKind;
import dev.lethe.messages.request.RequestDueSoon;
import dev.lethe.messages.request.RequestOverdue;
import dev.lethe.requests.deadline.Agenda.Item;
import dev.lethe.requests.request.jdbc.Requests;
import dev.lethe.requests.request.jdbc.Requests.Said;
import dev.lethe.requests.request.jdbc.StoredRequest;
import java.time.Clock;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Does what of a request is due. When to look is message-scheduler's to say, by the note that {@link Announcements#lookAgain} gave it; what
 * is due is read from the row when the note comes, so that one that comes twice, late or for nothing does no harm.
 */
@Component
class Checks {

    private static final Logger log = LoggerFactory.getLogger(Checks.class);

    private final Requests requests;
    private final Transitions transitions;
    private final Announcements announcements;
    private final Clock clock;

    Checks(Requests requests, Transitions transitions, Announcements announcements, Clock clock) {
        this.requests = requests;
        this.transitions = transitions;
        this.announcements = announcements;
        this.clock = clock;
    }

    /** Does all that is due of a locked request, and sees to it that the rest is looked at in its time. */
    void run(StoredRequest request) {
        for (Item item : Announcements.agendaOf(request).dueAt(request.now())) {
            switch (item) {
                case END_COOLING_OFF -> transitions.proceed(request);
                case SAY_UNACKNOWLEDGED -> {
                    requests.said(request.id(), Said.UNACKNOWLEDGED);
                    overdue(request, DeadlineKind.ACKNOWLEDGEMENT);
                }
                case SAY_DUE_SOON -> {
                    requests.said(request.id(), Said.DUE_SOON);
                    announcements.tell(
                            Messages.REQUEST_DUE_SOON,
                            new RequestDueSoon(request.id(), clock.instant(), request.dueAt(), DeadlineKind.ANSWER));
                    logged("request-due-soon", request, "our aim has passed and the request is still open");
                }
                case SAY_OVERDUE -> {
                    requests.said(request.id(), Said.OVERDUE);
                    overdue(request, DeadlineKind.ANSWER);
                }
            }
        }
        announcements.lookAgain(requests.find(request.id()).orElseThrow());
    }

    private void overdue(StoredRequest request, DeadlineKind what) {
        boolean isAnswer = what == DeadlineKind.ANSWER;
        announcements.tell(
                Messages.REQUEST_OVERDUE,
                new RequestOverdue(
                        request.id(),
                        clock.instant(),
                        isAnswer ? request.dueAt() : Objects.requireNonNull(request.acknowledgeBy()),
                        what));
        requests.note(request.id(), isAnswer ? "overdue" : "not acknowledged in time", "clock");
        logged(
                "request-overdue",
                request,
                "the deadline for the " + what.name().toLowerCase(java.util.Locale.ROOT) + " has passed");
    }

    private static void logged(String action, StoredRequest request, String what) {
        log.atWarn()
                .addKeyValue("event.action", action)
                .addKeyValue("lethe.request.id", request.id())
                .addKeyValue("lethe.request.kind", request.kindName())
                .addKeyValue("lethe.request.state", request.stateName())
                .addKeyValue("lethe.regulation", request.regulation())
                .addKeyValue("lethe.due_at", request.dueAt())
                .log(what);
    }
}
