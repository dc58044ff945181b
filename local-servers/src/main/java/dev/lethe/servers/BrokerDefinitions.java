package dev.lethe.servers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** Who may do what on the broker, as the definitions document that RabbitMQ (3.10 to 4.x) loads. */
public final class BrokerDefinitions {
    /**
     * Every user has its own name and no more rights than it needs. In a resource, {@code *} stands for anything, {@code NAME}
     * for any participant and {@code SELF} for the user. Nobody but message-scheduler, which delivers for the others and
     * keeps their verified user ids, may write to the default exchange. RabbitMQ asks more of whoever declares a queue than to
     * configure it: to read it if it dead-letters, to write it if it is bound; hence what the two that ask participants may.
     */
    private static final String TABLE = """
            user                  right      resources
            admin                 tag        administrator
            admin                 configure  *
            admin                 write      *
            admin                 read       *
            requests-manager      configure  privacy.requests privacy.events privacy.commands parking participants participant.NAME participant.NAME.parked participant.NAME.replies SELF.*
            requests-manager      write      privacy.events privacy.commands parking scheduler participants participant.NAME participant.NAME.parked SELF.*
            requests-manager      read       privacy.requests privacy.events parking participants participant.NAME participant.NAME.replies SELF.*
            cancellation-service  configure  privacy.events privacy.commands parking participants participant.* SELF.*
            cancellation-service  write      privacy.events parking scheduler participants participant.NAME participant.NAME.parked SELF.*
            cancellation-service  read       privacy.commands privacy.events parking participants participant.* SELF.*
            message-scheduler     tag        impersonator
            message-scheduler     configure  scheduler parking SELF.* participant.SELF participant.SELF.parked
            message-scheduler     write      *
            message-scheduler     read       scheduler parking SELF.* participant.SELF
            frontend              configure  SELF.*
            frontend              write      privacy.requests scheduler SELF.*
            frontend              read       privacy.events SELF.*
            (participant)         configure  SELF.*
            (participant)         write      participant.SELF.replies scheduler SELF.*
            (participant)         read       participant.SELF SELF.*
            (notifier)            write      privacy.events
            (notifier)            read       privacy.events
            (notifier)            topics     privacy.events=notification.sent
            """;

    /** On 3.10 a quorum queue redelivers for ever what nobody can handle, unless it is told to stop. */
    private static final Map<String, Object> DELIVERY_LIMIT = ordered(
            "vhost", "/",
            "name", "lethe-delivery-limit",
            "pattern", "^(requests-manager|cancellation-service|message-scheduler|participant)\\..*$",
            "apply-to", "queues",
            "definition", Map.of("delivery-limit", 20),
            "priority", 0);

    private static final Pattern PARTICIPANT = Pattern.compile("[a-z][a-z0-9-]*");

    /** A participant owns what begins with its name and a dot; these beginnings belong to all, or to RabbitMQ itself. */
    private static final Set<String> RESERVED =
            Set.of("amq", "parking", "participant", "participants", "privacy", "scheduler");

    /** Holds what is pending about people, and so may be listed like any participant; its rights stand in the table. */
    private static final String OWN_PARTICIPANT = "message-scheduler";

    private static final String PARTICIPANT_ROLE = "(participant)";
    private static final String NOTIFIER_ROLE = "(notifier)";

    private final Map<String, BrokerUser> users = new LinkedHashMap<>();
    private final UnaryOperator<String> passwordOf;

    private BrokerDefinitions(UnaryOperator<String> passwordOf) {
        this.passwordOf = passwordOf;
    }

    /**
     * @param participants the services that hold personal data; each is a user of that name
     * @param notifiers those of them that tell people what happened, and say so with {@code notification.sent}
     * @param passwordOf the password of each user; asked whenever it is needed, so it must always answer the same
     * @throws IllegalArgumentException if a participant's name does not match {@code [a-z][a-z0-9-]*}, is taken
     *     by a service of ours or comes twice, or if a notifier is not a participant
     */
    public static BrokerDefinitions of(
            List<String> participants, Set<String> notifiers, UnaryOperator<String> passwordOf) {
        BrokerDefinitions definitions = new BrokerDefinitions(passwordOf);
        Map<String, List<Right>> table = table();
        table.forEach((name, rights) -> {
            if (!name.equals(PARTICIPANT_ROLE) && !name.equals(NOTIFIER_ROLE)) {
                definitions.add(name, rights);
            }
        });
        for (String participant : participants) {
            if (participant.equals(OWN_PARTICIPANT)) {
                continue;
            }
            definitions.refuse(participant);
            List<Right> rights = new ArrayList<>(table.getOrDefault(PARTICIPANT_ROLE, List.of()));
            if (notifiers.contains(participant)) {
                rights.addAll(table.getOrDefault(NOTIFIER_ROLE, List.of()));
            }
            definitions.add(participant, rights);
        }
        if (!Set.copyOf(participants).containsAll(notifiers)) {
            throw new IllegalArgumentException(
                    "every notifier must be a participant: found " + notifiers + " and " + participants);
        }
        return definitions;
    }

    private void refuse(String participant) {
        if (!PARTICIPANT.matcher(participant).matches()) {
            throw new IllegalArgumentException(
                    "a participant's name must match " + PARTICIPANT + ", and this does not: " + participant);
        }
        if (users.containsKey(participant) || RESERVED.contains(participant)) {
            throw new IllegalArgumentException(
                    "a participant cannot be called " + participant + ": that name is taken; choose another");
        }
    }

    private static Map<String, List<Right>> table() {
        Map<String, List<Right>> rights = new LinkedHashMap<>();
        TABLE.lines().skip(1).map(line -> line.split(" +", 3)).forEach(cells -> rights.computeIfAbsent(
                        cells[0], user -> new ArrayList<>())
                .add(new Right(cells[1], List.of(cells[2].split(" ")))));
        return rights;
    }

    private void add(String name, List<Right> rights) {
        Map<String, String> topics = new TreeMap<>();
        resources("topics", rights)
                .map(topic -> topic.split("="))
                .forEach(exchangeAndKey ->
                        topics.put(exchangeAndKey[0], expression(Stream.of(exchangeAndKey[1]), name)));
        users.put(
                name,
                new BrokerUser(
                        name,
                        resources("tag", rights).findFirst().orElse(""),
                        expression(resources("configure", rights), name),
                        expression(resources("write", rights), name),
                        expression(resources("read", rights), name),
                        topics));
    }

    private static Stream<String> resources(String kind, List<Right> rights) {
        return rights.stream().filter(right -> right.kind.equals(kind)).flatMap(right -> right.resources.stream());
    }

    private static String expression(Stream<String> resources, String self) {
        return resources
                .map(resource -> resource.replace(".", "\\.")
                        .replace("*", ".*")
                        .replace("NAME", PARTICIPANT.pattern())
                        .replace("SELF", self))
                .collect(joining("|", "^(", ")$"));
    }

    /** All users, our own services first. */
    public List<BrokerUser> users() {
        return List.copyOf(users.values());
    }

    /** The same, except that this user, if it is one of them, has this password. */
    BrokerDefinitions withPassword(String user, String password) {
        BrokerDefinitions same = new BrokerDefinitions(name -> name.equals(user) ? password : passwordOf.apply(name));
        same.users.putAll(users);
        return same;
    }

    /** @throws IllegalArgumentException if there is no such user */
    public String password(String user) {
        if (!users.containsKey(user)) {
            throw new IllegalArgumentException("the broker has no user " + user + ", only " + users.keySet());
        }
        return passwordOf.apply(user);
    }

    /** The document, with salted hashes in place of passwords; the salts are new every time. */
    public String json() {
        List<Object> logins = new ArrayList<>();
        List<Object> permissions = new ArrayList<>();
        List<Object> topics = new ArrayList<>();
        for (BrokerUser user : users.values()) {
            logins.add(ordered(
                    "name", user.name(),
                    "password_hash", hash(password(user.name())),
                    "hashing_algorithm", "rabbit_password_hashing_sha256",
                    "tags", user.tag()));
            permissions.add(ordered(
                    "user", user.name(),
                    "vhost", "/",
                    "configure", user.configure(),
                    "write", user.write(),
                    "read", user.read()));
            user.topics()
                    .forEach((exchange, key) -> topics.add(ordered(
                            "user", user.name(), "vhost", "/", "exchange", exchange, "write", key, "read", ".*")));
        }
        return JsonMapper.shared()
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(ordered(
                        "vhosts", List.of(Map.of("name", "/")),
                        "users", logins,
                        "permissions", permissions,
                        "topic_permissions", topics,
                        "policies", List.of(DELIVERY_LIMIT)));
    }

    /** As RabbitMQ documents it: four bytes of salt, then the SHA-256 of salt and password, all in Base64. */
    private static String hash(String password) {
        byte[] salt = new byte[4];
        new SecureRandom().nextBytes(salt);
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(salt);
            byte[] hash = digest.digest(password.getBytes(UTF_8));
            byte[] all = new byte[salt.length + hash.length];
            System.arraycopy(salt, 0, all, 0, salt.length);
            System.arraycopy(hash, 0, all, salt.length, hash.length);
            return Base64.getEncoder().encodeToString(all);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256, except this one", e);
        }
    }

    private static Map<String, Object> ordered(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    private record Right(String kind, List<String> resources) {}
}
