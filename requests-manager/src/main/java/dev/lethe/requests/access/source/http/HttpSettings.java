package dev.lethe.requests.access.source.http;

import dev.lethe.files.YamlSection.Value;
import dev.lethe.requests.access.source.SourceSection;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code sources.yaml} says of an HTTP API.
 *
 * @param body what is posted; null if the method is GET
 * @param hosts to which pages may lead, as HOST:PORT
 * @param timeout how long one answer may take, from the call to its last byte
 * @param wholeTimeout how long all of it may take, with all its pages and the waits that the server asks for
 * @param answerLimit the most bytes of one answer, unpacked
 * @param wholeLimit the most bytes of all answers about one person
 */
record HttpSettings(
        Template url,
        @Nullable Template body,
        String contentType,
        Map<String, String> headers,
        Authentication authentication,
        JsonPointer records,
        Paging paging,
        int pages,
        Set<String> hosts,
        boolean mayBePrivate,
        Duration timeout,
        Duration wholeTimeout,
        DataSize answerLimit,
        DataSize wholeLimit) {

    private static final List<String> KEYS = List.of(
            "url",
            "method",
            "body",
            "content_type",
            "headers",
            "auth",
            "bearer_env",
            "bearer_file",
            "records",
            "paging",
            "hosts",
            "private",
            "timeout",
            "whole_timeout",
            "answer_limit",
            "whole_limit");

    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";

    /** What the source writes itself, or what would be a secret in the file. */
    private static final Set<String> NOT_TO_BE_SET = Set.of(
            "accept-encoding",
            "authorization",
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "cookie",
            "host",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern HEADER_TEXT = Pattern.compile("[\\x20-\\x7e]+");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]+(:\\d{1,5})?|\\[[0-9A-Fa-f:.]+](:\\d{1,5})?");
    private static final JsonMapper MAPPER = new JsonMapper();

    /** Empty if something is wrong with it, which is noted. */
    static Optional<HttpSettings> read(SourceSection section) {
        section.allowOnly(KEYS);
        var url = section.yaml().required("url", "\"https://billing.internal/users/{subject.id}\"");
        boolean posts = section.oneOf("method", List.of("GET", "POST")).equals("POST");
        String contentType = section.oneOf("content_type", List.of(JSON, FORM));
        var body = section.yaml().value("body");
        if (body.isPresent() != posts) {
            section.problem(posts ? "posts, and needs a body" : "has a body, which only 'method: POST' sends");
        } else if (!posts && section.yaml().has("content_type")) {
            section.problem("has a content_type, which only 'method: POST' sends");
        }
        var at = section.yaml().value("records").flatMap(pointer -> pointer(section, pointer));
        Authentication authentication = Authentication.read(section);
        Optional<SourceSection> pagingSection = section.nested("paging", Paging.EXAMPLE);
        Paging paging = pagingSection.map(Paging::read).orElseGet(Paging.None::new);
        int pages = pagingSection
                .map(found -> found.number("pages", 1_000, 1, 100_000))
                .orElse(1);
        pagingSection
                .filter(found -> liesIn(paging.pointer(), at.orElse(JsonPointer.empty())))
                .ifPresent(found -> found.problem(
                        "'at' lies within the records; say with 'records' where they are, such as 'records: /items'"));
        var headers = headers(section);
        boolean mayBePrivate = section.mayBePrivate();
        var template = url.flatMap(value -> template(section, value, body, contentType, mayBePrivate));
        Set<String> hosts = url.map(value -> hosts(section, value)).orElse(Set.of());
        if (authentication instanceof Authentication.ClientCredentials credentials && !mayBePrivate) {
            privateProblem(credentials.tokenUrl()).ifPresent(problem -> section.problem("auth.token_url: " + problem));
        }
        Duration least = Duration.ofMillis(100);
        Duration timeout = section.duration("timeout", Duration.ofSeconds(20), least, Duration.ofHours(1));
        Duration wholeTimeout = section.duration("whole_timeout", Duration.ofMinutes(5), least, Duration.ofDays(1));
        DataSize leastSize = DataSize.ofKilobytes(1);
        DataSize answerLimit =
                section.size("answer_limit", DataSize.ofMegabytes(32), leastSize, DataSize.ofGigabytes(16));
        DataSize wholeLimit = section.size("whole_limit", DataSize.ofGigabytes(1), leastSize, DataSize.ofTerabytes(1));
        if (section.hasProblems() || template.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new HttpSettings(
                template.get(),
                body.map(text -> bodyTemplate(text.text(), contentType)).orElse(null),
                contentType,
                headers,
                authentication,
                at.orElse(JsonPointer.empty()),
                paging,
                pages,
                hosts,
                mayBePrivate,
                timeout,
                wholeTimeout,
                answerLimit,
                wholeLimit));
    }

    private static Optional<Template> template(
            SourceSection section, Value url, Optional<Value> body, String contentType, boolean mayBePrivate) {
        String filled = url.text().replaceAll(Template.REFERENCE_IN_URL.pattern(), "x");
        if (body.isEmpty() || url.text().contains("{")) {
            section.subjectFields(url, Template.REFERENCE_IN_URL, "{%s}");
        }
        boolean placeholderInHost =
                url.text().replaceAll("^\\w+://([^/?#]*).*", "$1").contains("{");
        if (placeholderInHost) {
            section.problem(url, "expected an http or https URL with a host of its own");
        } else {
            url(section, new Value(filled, url.line(), url.key())).ifPresent(uri -> {
                if (!mayBePrivate) {
                    privateProblem(uri).ifPresent(problem -> section.problem(url, problem));
                }
            });
        }
        body.ifPresent(text -> {
            if (!url.text().contains("{")) {
                section.subjectFields(text, Template.REFERENCE_IN_BODY, "{%s}");
            } else if (text.text().contains("{subject")) {
                section.subjectFields(text, Template.REFERENCE_IN_BODY, "{%s}");
            }
            if (contentType.equals(JSON)
                    && !isJson(text.text().replaceAll(Template.REFERENCE_IN_BODY.pattern(), "x"))) {
                section.problem(text, "expected JSON, with {subject.id} and the like only within quotation marks");
            }
        });
        return Optional.of(new Template(url.text(), Template.Into.URL));
    }

    private static Template bodyTemplate(String text, String contentType) {
        return new Template(text, contentType.equals(JSON) ? Template.Into.JSON : Template.Into.FORM);
    }

    private static boolean isJson(String text) {
        try {
            return !MAPPER.readTree(text).isMissingNode();
        } catch (JacksonException notJson) {
            return false;
        }
    }

    /** What is written without placeholders; empty if it is no URL that can be asked, which is noted. */
    static Optional<URI> url(SourceSection section, Value url) {
        try {
            URI uri = URI.create(url.text());
            if (uri.getHost() == null || !List.of("http", "https").contains(uri.getScheme())) {
                section.problem(url, "expected an http or https URL with a host of its own");
            } else if (uri.getRawUserInfo() != null) {
                section.problem(url, "must not have a user or password; write them under auth");
            } else if (uri.getRawFragment() != null) {
                section.problem(url, "must end before '#': what follows it is never sent");
            } else {
                return Optional.of(uri);
            }
        } catch (IllegalArgumentException e) {
            section.problem(url, "expected a URL, such as https://billing.internal/users/{subject.id}");
        }
        return Optional.empty();
    }

    /** As far as the file tells; what a name leads to is seen when it is connected to. */
    private static Optional<String> privateProblem(URI url) {
        String host = url.getHost();
        boolean literal = host.startsWith("[") || host.matches("[0-9.]+");
        try {
            if (host.equalsIgnoreCase("localhost") || literal && !Addresses.isPublic(InetAddress.getByName(host))) {
                return Optional.of("has a private address; write 'private: true' if that is meant");
            }
            return Optional.empty();
        } catch (UnknownHostException e) {
            return Optional.of("expected an http or https URL with a host of its own");
        }
    }

    private static Set<String> hosts(SourceSection section, Value url) {
        var hosts = new HashSet<String>();
        String filled = url.text().replaceAll(Template.REFERENCE_IN_URL.pattern(), "x");
        String scheme = filled.startsWith("http:") ? "http" : "https";
        for (Value host : section.yaml().values("hosts")) {
            Optional<String> named =
                    HOST.matcher(host.text()).matches() ? hostAndPort(scheme + "://" + host.text()) : Optional.empty();
            named.ifPresent(hosts::add);
            if (named.isEmpty()) {
                section.problem(host, "expected the name of a host, such as api.example.com or api.example.com:8443");
            }
        }
        // Of one that is no URL it is noted where that is checked
        hostAndPort(filled).ifPresent(hosts::add);
        return hosts;
    }

    private static Optional<String> hostAndPort(String url) {
        try {
            return Optional.of(URI.create(url))
                    .filter(uri -> uri.getHost() != null)
                    .map(HttpSettings::hostAndPort);
        } catch (IllegalArgumentException noUrl) {
            return Optional.empty();
        }
    }

    static String hostAndPort(URI url) {
        int usual = "http".equals(url.getScheme()) ? 80 : 443;
        return "%s:%d"
                .formatted(url.getHost(), url.getPort() < 0 ? usual : url.getPort())
                .toLowerCase(Locale.ROOT);
    }

    static Optional<JsonPointer> pointer(SourceSection section, Value pointer) {
        if (pointer.text().startsWith("/")) {
            return Optional.of(JsonPointer.compile(pointer.text()));
        }
        section.problem(pointer, "expected a JSON pointer, such as \"/items\"");
        return Optional.empty();
    }

    private static boolean liesIn(@Nullable JsonPointer inner, JsonPointer outer) {
        return inner != null && (inner + "/").startsWith(outer + "/");
    }

    private static Map<String, String> headers(SourceSection section) {
        var headers = new LinkedHashMap<String, String>();
        section.texts("headers", "'{ Accept-Language: en }'").forEach((name, value) -> {
            if (!HEADER_NAME.matcher(name).matches()
                    || !HEADER_TEXT.matcher(value.text()).matches()) {
                section.problem(value, "expected a header's name and ASCII text on one line");
            } else if (NOT_TO_BE_SET.contains(name.toLowerCase(Locale.ROOT))) {
                section.problem(value, "is not for the file to set; who asks is said under auth");
            }
            headers.put(name, value.text());
        });
        return headers;
    }

    static String headerName(SourceSection section, String key, String example) {
        Optional<Value> name = section.yaml().required(key, example);
        name.filter(found -> !HEADER_NAME.matcher(found.text()).matches())
                .ifPresent(found -> section.problem(found, "expected the name of a header, such as " + example));
        return name.map(Value::text).orElse(example);
    }

    static boolean isHeaderText(String text) {
        return text.isEmpty() || HEADER_TEXT.matcher(text).matches();
    }
}
