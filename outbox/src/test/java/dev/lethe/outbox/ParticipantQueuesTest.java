package dev.lethe.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Exchange;
import org.springframework.amqp.core.Queue;

class ParticipantQueuesTest {

    private static final Declarables TOPOLOGY =
            ParticipantQueues.of(List.of("users", "billing"), "cancellation-service.replies");

    @Test
    void aParticipantIsAskedOnItsQueueAndAnswersOnItsExchange() {
        assertThat(bindings(TOPOLOGY))
                .contains(
                        "participants -billing-> participant.billing",
                        "participants -users-> participant.users",
                        "participant.billing.replies --> cancellation-service.replies",
                        "participant.users.replies --> cancellation-service.replies");
        assertThat(TOPOLOGY.getDeclarablesByType(Exchange.class))
                .extracting(Exchange::getName, Exchange::getType)
                .contains(tuple("participants", "direct"), tuple("participant.billing.replies", "fanout"));
    }

    @Test
    void everyQueueHasAParkingLotThatItsDeadLettersReach() {
        List<String> queues = List.of("participant.users", "participant.billing", "cancellation-service.replies");
        assertThat(TOPOLOGY.getDeclarablesByType(Queue.class))
                .extracting(Queue::getName)
                .containsExactlyInAnyOrderElementsOf(queues.stream()
                        .flatMap(queue -> Stream.of(queue, queue + ".parked"))
                        .toList());
        assertThat(queues).allSatisfy(name -> {
            assertThat(queue(name).getArguments())
                    .containsEntry("x-dead-letter-exchange", "parking")
                    .containsEntry("x-dead-letter-routing-key", name);
            assertThat(bindings(TOPOLOGY)).contains("parking -%1$s-> %1$s.parked".formatted(name));
        });
    }

    @Test
    void whoeverAsksDeclaresTheSameButForItsOwnQueue() {
        Declarables other = ParticipantQueues.of(List.of("users", "billing"), "requests-manager.exports");
        assertThat(bindings(other).map(binding -> binding.replace("requests-manager.exports", "X")))
                .containsExactlyElementsOf(bindings(TOPOLOGY)
                        .map(binding -> binding.replace("cancellation-service.replies", "X"))
                        .toList());
    }

    private static Queue queue(String name) {
        return TOPOLOGY.getDeclarablesByType(Queue.class).stream()
                .filter(queue -> queue.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Stream<String> bindings(Declarables declarables) {
        return declarables.getDeclarablesByType(Binding.class).stream().map(binding -> "%s -%s-> %s"
                .formatted(binding.getExchange(), binding.getRoutingKey(), binding.getDestination()));
    }
}
