package dev.lethe.requests.access.source;

import dev.lethe.files.UserFile;
import dev.lethe.files.YamlSection;
import dev.lethe.files.YamlSection.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/** One source as {@code sources.yaml} has it. What is not as expected is noted as a problem of the file, with line and key. */
public final class SourceSection {

    /** What every kind of source may say. */
    private static final List<String> COMMON_KEYS = List.of("via", "explain", "parallel", "identities");

    private static final int USUAL_PARALLEL = 4;
    private static final int MOST_PARALLEL = 64;

    private final String name;
    private final YamlSection yaml;
    private final UserFile file;
    private final Secrets secrets;
    private final boolean privateAllowed;

    public SourceSection(String name, YamlSection yaml, UserFile file, Secrets secrets) {
        this(name, yaml, file, secrets, false);
    }

    /** @param privateAllowed whether every source may have a private address, and not only those that say so */
    public SourceSection(String name, YamlSection yaml, UserFile file, Secrets secrets, boolean privateAllowed) {
        this.name = name;
        this.yaml = yaml;
        this.file = file;
        this.secrets = secrets;
        this.privateAllowed = privateAllowed;
    }

    public YamlSection yaml() {
        return yaml;
    }

    /** Notes every key that is neither common to all sources nor one of these. */
    public void allowOnly(List<String> ofThisKind) {
        var known = new ArrayList<>(COMMON_KEYS);
        known.addAll(ofThisKind);
        yaml.allowOnly(known);
    }

    public About about() {
        String explanation =
                yaml.required("explain", "\"Your account\"").map(Value::text).orElse("");
        var identities = new LinkedHashMap<String, String>();
        if (yaml.has("identities")) {
            yaml.section("identities", "{ customer: customer_number }")
                    .ifPresent(found -> found.values().forEach((identity, field) -> {
                        if (!SubjectField.NAME
                                .matcher("subject.identities." + identity)
                                .matches()) {
                            problem(
                                    field,
                                    "an identity is a lower case letter, then lower case letters, digits, '_' and '-'");
                        }
                        identities.put(identity, field.text());
                    }));
        }
        return new About(name, explanation, number("parallel", USUAL_PARALLEL, 1, MOST_PARALLEL), identities);
    }

    public void problem(Value at, String what) {
        file.problem(at.line(), at.key(), what);
    }

    /** A problem of all of it. */
    public void problem(String what) {
        file.problem(yaml.line(), yaml.key(), what);
    }

    public boolean hasProblems() {
        return file.hasProblems();
    }

    public int number(String key, int usual, int least, int most) {
        Optional<Value> value = yaml.value(key);
        if (value.isEmpty()) {
            return usual;
        }
        try {
            int number = Integer.parseInt(value.get().text());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notOne) {
            // Told below, as one that is too large is
        }
        problem(
                value.get(),
                "expected a whole number from %d to %d, found '%s'"
                        .formatted(least, most, value.get().text()));
        return usual;
    }

    public Duration duration(String key, Duration usual, Duration least, Duration most) {
        Optional<Value> value = yaml.value(key);
        if (value.isEmpty()) {
            return usual;
        }
        try {
            Duration duration = DurationStyle.detectAndParse(value.get().text());
            if (duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0) {
                return duration;
            }
        } catch (IllegalArgumentException notOne) {
            // Told below, as one that is too long is
        }
        problem(
                value.get(),
                "expected a duration such as 30s or 5m, from %s to %s, found '%s'"
                        .formatted(inWords(least), inWords(most), value.get().text()));
        return usual;
    }

    private static String inWords(Duration duration) {
        return duration.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
    }

    /**
     * A secret under {@code KEY_env}, the name of an environment variable, or {@code KEY_file}, a path; empty if neither is there. What
     * is named but not to be had is noted, without what is written there: it may be the secret itself.
     */
    public Optional<String> secret(String key) {
        Optional<Value> variable = yaml.value(key + "_env");
        Optional<Value> path = yaml.value(key + "_file");
        if (variable.isPresent() && path.isPresent()) {
            problem(path.get(), "is one too many: write %s_env or %s_file, not both".formatted(key, key));
            return Optional.empty();
        }
        return variable.map(named -> orProblem(
                        secrets.ofEnvironment(named.text()),
                        named,
                        "names no environment variable that is set; set one to the secret and write its name here"))
                .or(
                        () -> path.map(
                                named -> orProblem(
                                        secrets.ofFile(named.text()),
                                        named,
                                        "names no file that can be read and is not empty; write the secret into one and its path here")));
    }

    private String orProblem(@org.jspecify.annotations.Nullable String secret, Value named, String what) {
        if (secret == null) {
            problem(named, what);
            return "";
        }
        return secret;
    }

    /**
     * The subject's fields that a text refers to. One that refers to none would put somebody else's data into every report, and is noted
     * as a problem; so is a reference to what a subject does not have.
     *
     * @param reference finds a reference; its first group is what should be a field
     * @param form how a reference is written, such as <code>{%s}</code>
     */
    public Set<String> subjectFields(Value text, Pattern reference, String form) {
        var fields = new LinkedHashSet<String>();
        Matcher references = reference.matcher(text.text());
        while (references.find()) {
            fields.add(references.group(1));
            if (!SubjectField.NAME.matcher(references.group(1)).matches()) {
                problem(
                        text,
                        "expected %s, %s or %s, found '%s'"
                                .formatted(
                                        form.formatted("subject.id"),
                                        form.formatted("subject.email"),
                                        form.formatted("subject.identities.NAME"),
                                        references.group()));
            }
        }
        if (fields.isEmpty()) {
            problem(text, "must say whose data, for example by '%s'".formatted(form.formatted("subject.id")));
        }
        return fields;
    }

    /** As {@link #yaml()} has it, for texts that must be there. */
    public Map<String, Value> texts(String key, String example) {
        return yaml.has(key)
                ? yaml.section(key, example).map(YamlSection::values).orElse(Map.of())
                : Map.of();
    }

    /** A map within this one, read as this one is; empty if there is none. */
    public Optional<SourceSection> nested(String key, String example) {
        return yaml.has(key)
                ? yaml.section(key, example).map(found -> new SourceSection(name, found, file, secrets, privateAllowed))
                : Optional.empty();
    }

    public boolean flag(String key) {
        Optional<Value> value = yaml.value(key);
        value.filter(said -> !said.text().equals("true") && !said.text().equals("false"))
                .ifPresent(said -> problem(said, "expected true or false, found '%s'".formatted(said.text())));
        return value.isPresent() && value.get().text().equals("true");
    }

    /** One of some words; the first of them if there is none. */
    public String oneOf(String key, List<String> words) {
        Optional<Value> value = yaml.value(key);
        value.filter(said -> !words.contains(said.text()))
                .ifPresent(said -> problem(
                        said, "expected one of %s, found '%s'".formatted(String.join(", ", words), said.text())));
        return value.map(Value::text).filter(words::contains).orElse(words.getFirst());
    }

    /** A number of bytes, such as {@code 32MB}; a megabyte has 1024 times 1024. */
    public DataSize size(String key, DataSize usual, DataSize least, DataSize most) {
        Optional<Value> value = yaml.value(key);
        if (value.isEmpty()) {
            return usual;
        }
        try {
            DataSize size = DataSize.parse(value.get().text());
            if (size.compareTo(least) >= 0 && size.compareTo(most) <= 0) {
                return size;
            }
        } catch (IllegalArgumentException | ArithmeticException notOne) {
            // Told below, as one that is too large is
        }
        problem(
                value.get(),
                "expected a size such as 500KB or 32MB, from %dKB to %dMB, found '%s'"
                        .formatted(
                                least.toKilobytes(),
                                most.toMegabytes(),
                                value.get().text()));
        return usual;
    }

    /** Whether it may lie at a private address: it says so itself, or all of this installation may. */
    public boolean mayBePrivate() {
        return flag("private") || privateAllowed;
    }
}
