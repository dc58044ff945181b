package dev.lethe.messages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.messages.scheduling.ScheduleHeaders;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

class AsyncApiTest {

    /** Not messages of their own but what is done to any message. */
    private static final Set<String> ENVELOPES = Set.of("schedule", "cancel", "retry", "forget", "retried", "parked");

    /** The broker binds every queue to it, by the queue's name; it takes whatever message-scheduler delivers. */
    private static final String DEFAULT_EXCHANGE = "";

    private static final Map<String, Object> API = new Yaml().load(Contracts.asyncApi());

    static List<MessageType<?>> all() {
        return Messages.all();
    }

    @Test
    void everyTypeIsAMessageAndNothingElseIs() {
        var expected = new ArrayList<>(ENVELOPES);
        Messages.all().forEach(type -> expected.add(type.name()));
        assertThat(at("components", "messages")).containsOnlyKeys(expected.toArray(String[]::new));
    }

    @ParameterizedTest
    @MethodSource("all")
    void aMessageHasItsNameItsSchemaAndTheStandardProperties(MessageType<?> type) {
        var message = at("components", "messages", type.name());
        assertThat(message)
                .containsEntry("name", type.name())
                .containsEntry("payload", Map.of("$ref", "schemas/" + type.name() + ".json"))
                .containsEntry("traits", List.of(Map.of("$ref", "#/components/messageTraits/standard")))
                .containsEntry(
                        "title",
                        Contracts.tree(Contracts.schema(type.name()))
                                .path("title")
                                .stringValue());
        assertThat(at("components", "messages", type.name(), "bindings", "amqp"))
                .containsEntry("messageType", type.name());
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        var references = new ArrayList<String>();
        collectReferences(API, references);
        assertThat(references).hasSizeGreaterThan(100).allSatisfy(reference -> {
            if (reference.startsWith("#/")) {
                assertThat(resolve(reference)).as(reference).isNotNull();
            } else {
                assertThat(Contracts.schemaFiles()).contains(reference.replaceFirst("^schemas/", ""));
            }
        });
    }

    @Test
    void everyMessageIsSentBySomebodyAndReceivedBySomebody() {
        var receivedElsewhere = Set.of(
                "#/components/messages/scheduling.reply", // by whoever asked
                "#/components/messages/parked"); // by operators
        var all = Stream.concat(Messages.all().stream().map(MessageType::name), ENVELOPES.stream())
                .map("#/components/messages/"::concat)
                .toList();
        assertThat(messagesOf("send")).containsExactlyInAnyOrderElementsOf(all);
        var received = messagesOf("receive");
        received.addAll(receivedElsewhere);
        assertThat(received).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void exchangesHaveTheNamesOfTheTopology() {
        var names = constants(Topology.class, "_EXCHANGE");
        names.add(Topology.repliesExchange("{participant}"));
        assertThat(bound("exchange")).containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void queuesHaveTheNamesOfTheTopology() {
        var names = constants(Topology.class, "_QUEUE");
        names.add(Topology.participantQueue("{participant}"));
        names.add(Topology.parkingLot("{queue}"));
        names.add("{listener}.{name}");
        assertThat(bound("queue")).containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void everyQueueIsBoundToAnExchangeThatTakesItsMessages() {
        var exchanges = at("channels").values().stream()
                .map(AsyncApiTest::map)
                .filter(channel -> bindingName(channel, "exchange") != null)
                .collect(Collectors.toMap(
                        channel -> bindingName(channel, "exchange"), channel -> map(channel.get("messages"))));
        var queues = at("channels").values().stream()
                .map(AsyncApiTest::map)
                .filter(channel -> bindingName(channel, "queue") != null)
                .toList();
        assertThat(queues).isNotEmpty().allSatisfy(queue -> assertThat(map(queue.get("x-bindings")))
                .isNotEmpty()
                .allSatisfy((exchange, keys) -> {
                    if (exchange.equals(DEFAULT_EXCHANGE)) {
                        assertThat(keys).isEqualTo(List.of(bindingName(queue, "queue")));
                        return;
                    }
                    assertThat(exchanges).containsKey(exchange);
                    assertThat(exchanges.get(exchange)).containsAllEntriesOf(map(queue.get("messages")));
                }));
    }

    @Test
    void aParameterThatIsATypeListsTheMessagesOfItsChannel() {
        for (String exchange : List.of(
                Topology.REQUESTS_EXCHANGE,
                Topology.EVENTS_EXCHANGE,
                Topology.COMMANDS_EXCHANGE,
                Topology.SCHEDULER_EXCHANGE)) {
            var channel = at("channels", exchange);
            var parameter =
                    map(map(channel.get("parameters")).values().iterator().next());
            assertThat(new ArrayList<>(map(channel.get("messages")).keySet())).isEqualTo(parameter.get("enum"));
        }
    }

    @Test
    void aQueueOfExactRoutingKeysIsBoundByTheTypesItTakes() {
        for (String queue : List.of(Topology.EVENTS_QUEUE, Topology.COMMANDS_QUEUE)) {
            var channel = at("channels", queue);
            assertThat(map(channel.get("x-bindings")).values())
                    .containsExactly(
                            new ArrayList<>(map(channel.get("messages")).keySet()));
        }
    }

    @Test
    void deadLettersGoToTheParkingLotOfTheirQueue() {
        assertThat(at("x-queue-arguments"))
                .isEqualTo(Map.of(
                        "x-queue-type", "quorum",
                        "x-dead-letter-exchange", Topology.PARKING_EXCHANGE,
                        "x-dead-letter-routing-key", "{queue}",
                        "x-dead-letter-strategy", "at-least-once",
                        "x-overflow", "reject-publish"));
        assertThat(at("channels", "parking-lot", "x-bindings"))
                .isEqualTo(Map.of(Topology.PARKING_EXCHANGE, List.of("{queue}")));
    }

    @Test
    void headersAreThoseOfTheCode() {
        assertThat(at("components", "messageTraits", "standard", "headers", "properties"))
                .containsOnlyKeys(Topology.SCHEMA_VERSION_HEADER, Topology.TRACEPARENT_HEADER)
                .hasEntrySatisfying(Topology.SCHEMA_VERSION_HEADER, header -> assertThat(map(header))
                        .containsEntry("const", Messages.SCHEMA_VERSION));
        assertThat(at("components", "messages", "parked", "headers", "properties"))
                .containsOnlyKeys(
                        Topology.PARKED_REASON_HEADER, Topology.PARKED_DETAIL_HEADER, ScheduleHeaders.HISTORY);
        assertThat(at("components", "messages", "retried", "headers", "properties"))
                .containsOnlyKeys(ScheduleHeaders.ATTEMPT, ScheduleHeaders.HISTORY);
    }

    @Test
    void theCommandsAndHeadersOfTheSchedulerAreThoseOfTheCode() {
        var constants = constants(ScheduleHeaders.class, "");
        var commands = at("channels", Topology.SCHEDULER_EXCHANGE, "messages").keySet();
        var headers = commands.stream()
                .flatMap(command -> at("components", "messages", command, "headers", "properties").keySet().stream())
                .collect(Collectors.toSet());
        assertThat(Stream.concat(commands.stream(), headers.stream())).containsExactlyInAnyOrderElementsOf(constants);
    }

    @Test
    void theReasonsOfARefusalAreThoseThatItsSchemaNames() {
        var schema = Contracts.tree(Contracts.schema(Messages.REQUEST_REJECTED.name()));
        var reasons = schema.at("/properties/reason/examples")
                .valueStream()
                .map(reason -> reason.stringValue())
                .toArray(String[]::new);
        assertThat(reasons)
                .containsExactlyInAnyOrder(
                        "conflicting_duplicate",
                        "invalid_body",
                        "unknown_regulation",
                        "unknown_request",
                        "too_late",
                        "erasure_in_progress",
                        "refused_by_controller");
        assertThat(at("components", "messages", Messages.REQUEST_REJECTED.name(), "x-reasons"))
                .containsOnlyKeys(reasons);
    }

    @Test
    void aBrokerUserIsGivenOnlyWhatThereIs() {
        var names = new TreeSet<>(bound("exchange"));
        names.addAll(bound("queue"));
        // The one service of ours that is a participant too
        names.add(Topology.participantQueue("message-scheduler"));
        assertThat(at("x-broker-users").values()).isNotEmpty().allSatisfy(user -> Stream.of(
                        "declares", "writes", "reads")
                .flatMap(right -> ((List<?>) map(user).get(right)).stream())
                .map(String.class::cast)
                .filter(name -> !name.contains("*") && !name.endsWith(".parked"))
                .forEach(name -> assertThat(names).contains(name)));
    }

    @Test
    void everyOperationIsTaggedWithAServiceThatIsIntroduced() {
        var introduced = tags(at("info"));
        assertThat(at("operations").values())
                .allSatisfy(operation ->
                        assertThat(tags(map(operation))).isNotEmpty().isSubsetOf(introduced));
    }

    private static Set<String> messagesOf(String action) {
        var messages = new TreeSet<String>();
        for (Object value : at("operations").values()) {
            var operation = map(value);
            if (operation.get("action").equals(action)) {
                var channel = map(resolve((String) map(operation.get("channel")).get("$ref")));
                Collection<?> listed = operation.containsKey("messages")
                        ? ((List<?>) operation.get("messages"))
                                .stream()
                                        .map(message ->
                                                resolve((String) map(message).get("$ref")))
                                        .toList()
                        : map(channel.get("messages")).values();
                listed.forEach(message -> messages.add((String) map(message).get("$ref")));
            }
        }
        return messages;
    }

    private static Set<String> bound(String kind) {
        return at("channels").values().stream()
                .map(channel -> bindingName(map(channel), kind))
                .filter(name -> name != null)
                .collect(Collectors.toSet());
    }

    private static String bindingName(Map<String, Object> channel, String kind) {
        var amqp = channel.containsKey("bindings")
                ? map(map(channel.get("bindings")).get("amqp"))
                : Map.of();
        return amqp.containsKey(kind) ? (String) map(amqp.get(kind)).get("name") : null;
    }

    private static Set<String> constants(Class<?> type, String suffix) {
        var values = new TreeSet<String>();
        for (Field field : type.getFields()) {
            if (field.getName().endsWith(suffix)) {
                try {
                    values.add((String) field.get(null));
                } catch (IllegalAccessException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return values;
    }

    private static List<String> tags(Map<String, Object> tagged) {
        return ((List<?>) tagged.get("tags"))
                .stream().map(tag -> (String) map(tag).get("name")).toList();
    }

    private static void collectReferences(Object node, List<String> references) {
        if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (key.equals("$ref")) {
                    references.add((String) value);
                } else {
                    collectReferences(value, references);
                }
            });
        } else if (node instanceof List<?> list) {
            list.forEach(item -> collectReferences(item, references));
        }
    }

    private static Object resolve(String reference) {
        Object node = API;
        for (String step : reference.substring(2).split("/")) {
            node = node == null ? null : map(node).get(step);
        }
        return node;
    }

    private static Map<String, Object> at(String... path) {
        Object node = API;
        for (String step : path) {
            node = map(node).get(step);
            assertThat(node).as("asyncapi.yaml: %s", List.of(path)).isNotNull();
        }
        return map(node);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object node) {
        assertThat(node).isInstanceOf(Map.class);
        return (Map<String, Object>) node;
    }
}
