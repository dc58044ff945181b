package dev.lethe.cancellation.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.lethe.files.InvalidFile;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlanFileTest {

    @Test
    void readsWhoForgetsInWhichOrder() {
        Plan plan = PlanFile.read("participants.yaml", """
                # who holds personal data
                participants:
                  users:           { via: amqp, owner: identity@example.com }
                  billing:         { via: amqp, owner: payments@example.com, after: users }
                  viewing-history: { via: amqp, owner: video@example.com, after: [users, billing], delay: PT90S }
                  emailing:        { via: amqp, owner: crm@example.com, after: notice, delay: 3d }
                  archive:
                    via: amqp
                    owner: crm@example.com
                    after:
                      - emailing
                """);

        assertThat(plan.participants())
                .containsExactly(
                        new Participant("users", "identity@example.com", Set.of(), Duration.ZERO),
                        new Participant("billing", "payments@example.com", Set.of("users"), Duration.ZERO),
                        new Participant(
                                "viewing-history",
                                "video@example.com",
                                Set.of("users", "billing"),
                                Duration.ofSeconds(90)),
                        new Participant("emailing", "crm@example.com", Set.of(Plan.NOTICE), Duration.ofDays(3)),
                        new Participant("archive", "crm@example.com", Set.of("emailing"), Duration.ZERO));
    }

    @Test
    void whoeverWaitsForSomebodyBehindTheNoticeIsBehindItToo() {
        Plan plan = PlanFile.read("participants.yaml", """
                participants:
                  archive:  { via: amqp, owner: a@example.com, after: emailing }
                  emailing: { via: amqp, owner: a@example.com, after: [notice, users] }
                  billing:  { via: amqp, owner: a@example.com, after: users }
                  users:    { via: amqp, owner: a@example.com }
                """);

        assertThat(plan.participants())
                .filteredOn(plan::waitsForNotice)
                .extracting(Participant::name)
                .containsExactly("archive", "emailing");
    }

    @ParameterizedTest
    @CsvSource({
        "3d, PT72H",
        "15m, PT15M",
        "2h, PT2H",
        "30s, PT30S",
        "200ms, PT0.2S",
        "0s, PT0S",
        "P3D, PT72H",
        "PT15M, PT15M",
        "365d, PT8760H"
    })
    void readsDelays(String written, Duration delay) {
        assertThat(DelayText.parse(written)).contains(delay);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "3", "3 d", "d", "-3d", "PT-1S", "366d", "3w", "P1Y", "3.5d", "999999999999999d", "soon"})
    void refusesOtherDelays(String written) {
        assertThat(DelayText.parse(written)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource
    void tellsWhatIsWrongAndWhatToWriteInstead(String yaml, String message) {
        assertThatThrownBy(() -> PlanFile.read("participants.yaml", yaml))
                .isInstanceOf(InvalidFile.class)
                .hasMessage(message.strip());
    }

    static Stream<Arguments> tellsWhatIsWrongAndWhatToWriteInstead() {
        return Stream.of(
                argumentSet("empty file", "", """
                        participants.yaml: expected a map of keys and values, found nothing
                        """),
                argumentSet("list", "- users\n", """
                        participants.yaml: expected a map of keys and values, found a list
                        """),
                argumentSet("not YAML", "participants:\n  users: { via: amqp\n  billing: x\n", """
                        participants.yaml:3: not YAML: expected ',' or '}', but got :
                        """),
                argumentSet("empty plan", "participants:\n", """
                        participants.yaml:1: participants: expected a map, such as 'users: { via: amqp, owner: team@example.com }'; found nothing
                        """),
                argumentSet("misspelt", "particpants: { users: { via: amqp, owner: a@example.com } }\n", """
                        participants.yaml:1: particpants: is not known here; known is participants
                        participants.yaml:1: participants: expected a map, such as 'users: { via: amqp, owner: team@example.com }'; found nothing
                        """),
                argumentSet("participant without a map", """
                        participants:
                          users: amqp
                          billing:
                          emailing: { via: amqp, owner: a@example.com }
                        """, """
                        participants.yaml:2: participants.users: expected a map, such as '{ via: amqp, owner: team@example.com }'; found 'amqp'
                        participants.yaml:3: participants.billing: expected a map, such as '{ via: amqp, owner: team@example.com }'; found nothing
                        """),
                argumentSet(
                        "unknown key", "participants:\n  users: { via: amqp, owner: a@example.com, dealy: 3d }\n", """
                        participants.yaml:2: participants.users.dealy: is not known here; known is via, owner, after, delay
                        """),
                argumentSet("duplicate name", """
                        participants:
                          users: { via: amqp, owner: a@example.com }
                          billing: { via: amqp, owner: a@example.com }
                          users: { via: amqp, owner: b@example.com }
                        """, """
                        participants.yaml:4: participants.users: is there twice, first in line 2; keep one
                        """),
                argumentSet("names", """
                        participants:
                          Users: { via: amqp, owner: a@example.com }
                          view_history: { via: amqp, owner: a@example.com }
                          notice: { via: amqp, owner: a@example.com }
                          participant: { via: amqp, owner: a@example.com }
                        """, """
                        participants.yaml:2: participants.Users: a name is a lower case letter, then lower case letters, digits and '-', at most 64 of them
                        participants.yaml:3: participants.view_history: a name is a lower case letter, then lower case letters, digits and '-', at most 64 of them
                        participants.yaml:4: participants.notice: 'notice' means the last word to the subject and cannot be a participant's name; take another
                        participants.yaml:5: participants.participant: this name is taken by a part of the fleet itself; take another
                        """),
                argumentSet("no owner", """
                        participants:
                          users: { via: amqp }
                          billing: { via: amqp, owner: }
                        """, """
                        participants.yaml:2: participants.users.owner: is missing; write for example 'owner: team@example.com'
                        participants.yaml:3: participants.billing.owner: expected a word, found nothing
                        """),
                argumentSet("via", """
                        participants:
                          users: { owner: a@example.com }
                          billing: { via: kafka, owner: a@example.com }
                          analytics: { via: http, owner: a@example.com }
                        """, """
                        participants.yaml:2: participants.users.via: is missing; write for example 'via: amqp'
                        participants.yaml:3: participants.billing.via: expected amqp, found 'kafka'; write 'via: amqp'
                        participants.yaml:4: participants.analytics.via: this version speaks amqp only; write 'via: amqp' and let a service of yours take participant.erase from the queue and call the vendor
                        """),
                argumentSet("unknown after", """
                        participants:
                          users: { via: amqp, owner: a@example.com }
                          billing:
                            via: amqp
                            owner: a@example.com
                            after: [users, usres]
                        """, """
                        participants.yaml:6: participants.billing.after: expected 'notice' or a participant, found 'usres'; known are billing, users
                        """),
                argumentSet(
                        "after that is no name",
                        "participants:\n  users: { via: amqp, owner: a@example.com, after: { x: y } }\n",
                        """
                        participants.yaml:2: participants.users.after: expected a word or a list of words, found a map
                        """),
                argumentSet("cycles", """
                        participants:
                          users: { via: amqp, owner: a@example.com, after: billing }
                          billing: { via: amqp, owner: a@example.com, after: history }
                          history: { via: amqp, owner: a@example.com, after: [free, users] }
                          free: { via: amqp, owner: a@example.com }
                          selfish: { via: amqp, owner: a@example.com, after: selfish }
                        """, """
                        participants.yaml:2: participants.users.after: nobody could begin: users waits for billing waits for history waits for users; take one 'after' out
                        participants.yaml:6: participants.selfish.after: nobody could begin: selfish waits for selfish; take one 'after' out
                        """),
                argumentSet("nobody before the notice", """
                        participants:
                          emailing: { via: amqp, owner: a@example.com, after: notice }
                          archive: { via: amqp, owner: a@example.com, after: emailing }
                        """, """
                        participants.yaml:2: participants.emailing.after: everybody waits for the notice, so nothing would be erased before it; take an 'after' out
                        """),
                argumentSet("delay", """
                        participants:
                          users: { via: amqp, owner: a@example.com, delay: 3 days }
                          billing: { via: amqp, owner: a@example.com, delay: 400d }
                          history: { via: amqp, owner: a@example.com, delay: [3d] }
                        """, """
                        participants.yaml:2: participants.users.delay: expected a duration of at most 365 days, found '3 days'; write it as 3d, 15m, 200ms or in ISO-8601
                        participants.yaml:3: participants.billing.delay: expected a duration of at most 365 days, found '400d'; write it as 3d, 15m, 200ms or in ISO-8601
                        participants.yaml:4: participants.history.delay: expected a word, found a list
                        """),
                argumentSet("all at once, in the order of lines", """
                        participants:
                          users: { via: amqp, after: nobody, delay: x }
                          Billing: { via: http, owner: a@example.com, colour: red }
                        """, """
                        participants.yaml:2: participants.users.owner: is missing; write for example 'owner: team@example.com'
                        participants.yaml:2: participants.users.delay: expected a duration of at most 365 days, found 'x'; write it as 3d, 15m, 200ms or in ISO-8601
                        participants.yaml:2: participants.users.after: expected 'notice' or a participant, found 'nobody'; known are Billing, users
                        participants.yaml:3: participants.Billing: a name is a lower case letter, then lower case letters, digits and '-', at most 64 of them
                        participants.yaml:3: participants.Billing.colour: is not known here; known is via, owner, after, delay
                        participants.yaml:3: participants.Billing.via: this version speaks amqp only; write 'via: amqp' and let a service of yours take participant.erase from the queue and call the vendor
                        """));
    }
}
