package dev.lethe.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Delivery;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import dev.lethe.messages.scheduling.SchedulingStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands take effect in the order in which they were given, each once. */
class CommandOrderIT {

    private static final String QUEUE = "users.command-order-it";
    private static final int MUCH_LATER = 3_600_000;

    private Client users;
    private List<Delivery> delivered;

    @BeforeEach
    void prepare() throws Exception {
        Service.start();
        Service.update("delete from message");
        users = new Client("users");
        delivered = users.queue(QUEUE);
    }

    @AfterEach
    void close() {
        users.close();
    }

    /** So many at once that they come in batches; nobody waits for an answer in between. */
    @Test
    void theLastWordAboutAKeyIsTheOneThatWasSaidLast() throws Exception {
        var asked = new ArrayList<String>();
        for (int i = 0; i < 500; i++) {
            String id = UUID.randomUUID().toString();
            Map<String, Object> headers = Client.later(QUEUE, MUCH_LATER);
            headers.put(ScheduleHeaders.KEY, "k" + i % 7);
            users.send(
                    i % 5 == 4 ? ScheduleHeaders.CANCEL : ScheduleHeaders.SCHEDULE,
                    users.message().messageId(id).headers(headers).build(),
                    String.valueOf(i).getBytes(UTF_8));
            asked.add(id);
        }

        var pending = new boolean[7];
        for (int i = 0; i < asked.size(); i++) {
            SchedulingStatus expected = i % 5 == 4
                    ? (pending[i % 7] ? SchedulingStatus.CANCELLED : SchedulingStatus.GONE)
                    : (pending[i % 7] ? SchedulingStatus.REPLACED : SchedulingStatus.SCHEDULED);
            assertThat(users.replyTo(asked.get(i)).status()).as("command %d", i).isEqualTo(expected);
            pending[i % 7] = i % 5 != 4;
        }
        Service.update("update message set due_at = now() where key is not null");
        Eventually.until(() -> Service.pending() == 0);
        assertThat(Client.texts(delivered)).containsExactlyInAnyOrder("493", "495", "496", "497", "498");
    }

    /** A broker that lost sight of its consumer delivers what that one had handled again, after what was said since. */
    @Test
    void whatIsDeliveredAgainUndoesNothing() throws Exception {
        String id = UUID.randomUUID().toString();
        Map<String, Object> headers = Client.later(QUEUE, MUCH_LATER);
        headers.put(ScheduleHeaders.KEY, "once");
        var command = users.message().messageId(id).headers(headers).build();
        users.ask(ScheduleHeaders.SCHEDULE, command, "first".getBytes(UTF_8));
        assertThat(users.cancel("once").status()).isEqualTo(SchedulingStatus.CANCELLED);

        Service.stop();
        users.publish(ScheduleHeaders.SCHEDULE, command, "first".getBytes(UTF_8));
        try (var admin = new Client("admin")) {
            admin.deliverInVain("message-scheduler.schedule");
        }
        Service.start();

        assertThat(users.cancel("once").status()).isEqualTo(SchedulingStatus.GONE);
        assertThat(Service.pending()).isZero();
    }
}
