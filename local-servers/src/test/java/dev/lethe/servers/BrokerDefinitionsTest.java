package dev.lethe.servers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BrokerDefinitionsTest {
    private final BrokerDefinitions definitions =
            BrokerDefinitions.of(List.of("billing", "emailing"), Set.of("emailing"), user -> "secret of " + user);
    private final JsonNode json = JsonMapper.shared().readTree(definitions.json());

    @Test
    void everyServiceFrontendAndParticipantIsAUserOfItsOwn() {
        assertThat(definitions.users())
                .extracting(BrokerUser::name)
                .containsExactly(
                        "admin",
                        "requests-manager",
                        "cancellation-service",
                        "message-scheduler",
                        "frontend",
                        "billing",
                        "emailing");
        assertThat(json.get("users")).hasSize(7);
        assertThat(json.get("permissions")).hasSize(7);
    }

    @Test
    void aParticipantReadsItsQueueAndWritesItsRepliesAndNothingOfAnother() {
        BrokerUser billing = user("billing");

        assertThat(billing.configure()).isEqualTo("^(billing\\..*)$");
        assertThat(billing.write()).isEqualTo("^(participant\\.billing\\.replies|scheduler|billing\\..*)$");
        assertThat(billing.read()).isEqualTo("^(participant\\.billing|billing\\..*)$");
        assertThat(billing.topics()).isEmpty();
    }

    @Test
    void theNotifierMayAlsoSayThatItNotified() {
        BrokerUser emailing = user("emailing");

        assertThat(emailing.write()).matches(expression -> Pattern.matches(expression, "privacy.events"));
        assertThat(emailing.topics()).containsExactly(java.util.Map.entry("privacy.events", "^(notification\\.sent)$"));
        JsonNode topic = json.get("topic_permissions").get(0);
        assertThat(topic.get("user").asString()).isEqualTo("emailing");
        assertThat(topic.get("write").asString()).isEqualTo("^(notification\\.sent)$");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cancellation-service", "requests-manager"})
    void whoAsksParticipantsMaySendTasksButNotAnswerThem(String asker) {
        Pattern write = Pattern.compile(user(asker).write());

        assertThat(write.matcher("participants").matches()).isTrue();
        assertThat(write.matcher("participant.billing").matches()).isTrue();
        assertThat(write.matcher("participant.billing.parked").matches()).isTrue();
        assertThat(write.matcher("participant.billing.replies").matches()).isFalse();
    }

    @Test
    void noUserButTheSchedulerAndTheAdministratorMayWriteToTheDefaultExchange() {
        assertThat(definitions.users())
                .filteredOn(user -> Pattern.matches(user.write(), "amq.default"))
                .extracting(BrokerUser::name)
                .containsExactly("admin", "message-scheduler");
    }

    @Test
    void passwordsAreSaltedAndHashedAsRabbitmqDocumentsIt() throws Exception {
        byte[] hash = Base64.getDecoder()
                .decode(json.get("users").get(0).get("password_hash").asString());
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(hash, 0, 4);

        assertThat(Arrays.copyOfRange(hash, 4, hash.length))
                .isEqualTo(digest.digest("secret of admin".getBytes(UTF_8)));
        assertThat(definitions.json()).doesNotContain("secret").isNotEqualTo(definitions.json());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Billing", "1st", "billing.eu", "a|b", "-x", "ümlaut"})
    void aNameThatWouldMeanSomethingElseInAnExpressionIsRefused(String name) {
        assertThatThrownBy(() -> BrokerDefinitions.of(List.of(name), Set.of(), user -> "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must match");
    }

    /** It holds what is pending about people; what it may do stands in the table, whether a plan lists it or not. */
    @Test
    void theSchedulerMayBeAParticipantAndGainsNothingByIt() {
        BrokerDefinitions without = BrokerDefinitions.of(List.of("billing"), Set.of(), user -> "x");
        BrokerDefinitions with =
                BrokerDefinitions.of(List.of("billing", "message-scheduler"), Set.of("message-scheduler"), user -> "x");

        assertThat(with.users()).isEqualTo(without.users());
    }

    @ParameterizedTest
    @ValueSource(strings = {"admin", "frontend", "requests-manager", "amq", "privacy", "participant", "billing"})
    void aNameThatWouldReachIntoWhatBelongsToOthersIsRefused(String name) {
        assertThatThrownBy(() -> BrokerDefinitions.of(List.of("billing", name), Set.of(), user -> "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be called " + name);
    }

    @Test
    void aNotifierThatIsNoParticipantIsRefused() {
        assertThatThrownBy(() -> BrokerDefinitions.of(List.of("billing"), Set.of("emailing"), user -> "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("emailing");
    }

    @Test
    void nobodyHasThePasswordOfAUserThatIsNotThere() {
        assertThat(definitions.password("billing")).isEqualTo("secret of billing");
        assertThatThrownBy(() -> definitions.password("guest")).hasMessageContaining("no user guest");
    }

    private BrokerUser user(String name) {
        return definitions.users().stream()
                .filter(user -> user.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
