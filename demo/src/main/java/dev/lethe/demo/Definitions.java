package dev.lethe.demo;

import dev.lethe.demo.fleet.PlanNames;
import dev.lethe.servers.BrokerDefinitions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Prints who may do what on the broker, as the document that RabbitMQ loads, for somebody's own plan and passwords. */
public final class Definitions {

    private static final String PREFIX = "BROKER_PASSWORD_";
    private static final Pattern ASSIGNMENT = Pattern.compile("(" + PREFIX + "[A-Z0-9_]+)=(.*)");
    private static final Pattern PASSWORD = Pattern.compile("[A-Za-z0-9_-]+");

    private Definitions() {}

    static int run(List<String> words) throws IOException {
        var arguments = new Arguments(words, Set.of(), Set.of("--participants", "--env"));
        System.out.println(document(file(arguments, "--participants"), file(arguments, "--env")));
        return 0;
    }

    private static Path file(Arguments arguments, String option) {
        String name = arguments
                .value(option)
                .orElseThrow(() -> new Arguments.Wrong(
                        "definitions needs --participants FILE and --env FILE, the file of passwords; %s is missing"
                                .formatted(option)));
        Path file = Path.of(name);
        if (!Files.isReadable(file)) {
            throw new Arguments.Wrong("cannot read the file %s".formatted(name));
        }
        return file;
    }

    /**
     * The document, with salted hashes in place of passwords; the salts are new every time.
     *
     * @param participants the plan
     * @param env a file of {@code BROKER_PASSWORD_USER=password} lines, among others
     * @throws dev.lethe.files.InvalidFile if the plan cannot be understood
     */
    public static String document(Path participants, Path env) throws IOException {
        Map<String, String> passwords = passwords(env);
        PlanNames plan = PlanNames.in(participants);
        return BrokerDefinitions.of(plan.participants(), plan.notifiers(), user -> password(user, passwords, env))
                .json();
    }

    private static Map<String, String> passwords(Path env) throws IOException {
        var passwords = new HashMap<String, String>();
        for (String line : Files.readAllLines(env)) {
            Matcher assignment = ASSIGNMENT.matcher(line.strip());
            if (assignment.matches()) {
                passwords.put(assignment.group(1), assignment.group(2));
            }
        }
        return passwords;
    }

    private static String password(String user, Map<String, String> passwords, Path env) {
        String variable = PREFIX + user.toUpperCase(Locale.ROOT).replace('-', '_');
        String password = passwords.get(variable);
        if (password == null) {
            throw new Arguments.Wrong(
                    "%s has no password for the broker's user %s; add the line %s=...".formatted(env, user, variable));
        }
        // Anything else means something to a shell, a URL or the file's other readers, and each would read another
        // password
        if (!PASSWORD.matcher(password).matches()) {
            throw new Arguments.Wrong("%s: expected only letters, digits, '-' and '_' after %s=, found something else"
                    .formatted(env, variable));
        }
        return password;
    }
}
