package dev.lethe.requests.access.source.elastic;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.files.YamlSection.Value;
import dev.lethe.requests.access.source.SourceSection;
import dev.lethe.requests.access.source.SubjectField;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.http.Header;
import org.apache.http.HttpHost;
import org.apache.http.message.BasicHeader;

/**
 * What {@code sources.yaml} says of an Elasticsearch.
 *
 * @param hosts nodes of one cluster, any of which may be asked
 * @param path before every path of the API, where the cluster lies behind another server; empty or from a slash
 * @param headers of every request, with who asks
 * @param trust whose certificates are taken
 * @param indices names and patterns
 * @param field whose value must be the subject's
 * @param subject which of the subject's fields that is
 * @param take names and patterns of fields; empty for all
 * @param page most documents of one answer
 * @param timeout how long one answer may take, whole
 */
record ElasticSettings(
        List<HttpHost> hosts,
        String path,
        List<Header> headers,
        SSLContext trust,
        List<String> indices,
        String field,
        String subject,
        List<String> take,
        int page,
        Duration timeout) {

    private static final List<String> KEYS = List.of(
            "url",
            "index",
            "field",
            "subject",
            "take",
            "user",
            "password_env",
            "password_file",
            "api_key_env",
            "api_key_file",
            "ca",
            "page",
            "private",
            "timeout");

    /** Neither another cluster's ("cluster:name"), which is skipped in silence when it is down, nor an exclusion. */
    private static final Pattern INDEX = Pattern.compile("[a-z0-9.*][a-z0-9._*+@-]{0,254}");

    private static final Pattern FIELD = Pattern.compile("[^\\s*?,\"]{1,255}");
    private static final Pattern TAKEN = Pattern.compile("[^\\s,\"]{1,255}");
    private static final Pattern HEADER_TEXT = Pattern.compile("[!-~]*");

    /** Without the headers, which have secrets. */
    @Override
    public String toString() {
        return "ElasticSettings[%s, %s]".formatted(hosts, indices);
    }

    static Optional<ElasticSettings> read(SourceSection section) {
        section.allowOnly(KEYS);
        List<URI> urls = urls(section);
        List<String> indices = matching(
                section,
                "index",
                INDEX,
                "expected the name of an index, data stream or alias, or a pattern such as web-*");
        Optional<Value> field = section.yaml().required("field", "user.id");
        field.filter(name -> !FIELD.matcher(name.text()).matches())
                .ifPresent(name -> section.problem(name, "expected the name of one field, such as user.id"));
        List<String> take =
                matching(section, "take", TAKEN, "expected the name of a field, or a pattern such as source.*");
        String subject = subject(section);
        List<Header> headers = credentials(section);
        SSLContext trust = trust(section, urls);
        int page = section.number("page", 1_000, 1, 10_000);
        Duration timeout =
                section.duration("timeout", Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofMinutes(10));
        if (!section.yaml().has("index")) {
            section.yaml().required("index", "\"web-*\"");
        } else if (indices.isEmpty() && !section.hasProblems()) {
            section.problem("index: expected at least one, such as web-*");
        }
        if (section.hasProblems() || field.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new ElasticSettings(
                urls.stream()
                        .map(url -> new HttpHost(url.getHost(), url.getPort(), url.getScheme()))
                        .toList(),
                path(urls.getFirst()),
                headers,
                trust,
                indices,
                field.get().text(),
                subject,
                take,
                page,
                timeout));
    }

    private static List<URI> urls(SourceSection section) {
        var urls = new ArrayList<URI>();
        for (Value value : section.yaml().values("url")) {
            try {
                URI url = URI.create(value.text());
                if (url.getHost() == null || !List.of("http", "https").contains(String.valueOf(url.getScheme()))) {
                    section.problem(
                            value, "expected an http or https URL with a host, such as https://logs.internal:9200");
                } else if (url.getRawUserInfo() != null) {
                    section.problem(value, "must not have a user or password; write user and password_env beside it");
                } else if (url.getRawQuery() != null || url.getRawFragment() != null) {
                    section.problem(value, "must end before '?' and '#'");
                } else if (!urls.isEmpty() && !path(url).equals(path(urls.getFirst()))) {
                    section.problem(value, "must have the same path as the first: they are nodes of one cluster");
                } else {
                    urls.add(url);
                }
            } catch (IllegalArgumentException e) {
                section.problem(value, "expected a URL, such as https://logs.internal:9200");
            }
        }
        if (!section.yaml().has("url")) {
            section.yaml().required("url", "\"https://logs.internal:9200\"");
        } else if (urls.isEmpty() && !section.hasProblems()) {
            section.problem("url: expected at least one, such as https://logs.internal:9200");
        }
        return urls;
    }

    private static String path(URI url) {
        return url.getRawPath() == null ? "" : url.getRawPath().replaceAll("/+$", "");
    }

    private static List<String> matching(SourceSection section, String key, Pattern pattern, String what) {
        var found = new ArrayList<String>();
        for (Value value : section.yaml().values(key)) {
            if (!pattern.matcher(value.text()).matches()) {
                section.problem(value, what);
            }
            found.add(value.text());
        }
        return found;
    }

    private static String subject(SourceSection section) {
        Optional<Value> value = section.yaml().value("subject");
        value.filter(name -> !SubjectField.NAME.matcher(name.text()).matches())
                .ifPresent(
                        name -> section.problem(name, "expected subject.id, subject.email or subject.identities.NAME"));
        return value.map(Value::text).orElse("subject.id");
    }

    private static List<Header> credentials(SourceSection section) {
        Optional<Value> user = section.yaml().value("user");
        Optional<String> password = section.secret("password");
        Optional<String> apiKey = section.secret("api_key");
        if (apiKey.isPresent() && (user.isPresent() || password.isPresent())) {
            section.problem("has an API key and a user or password; keep one of them");
        } else if (user.isPresent() != password.isPresent()) {
            section.problem("needs user and password_env (or password_file), or neither");
        } else if (user.isPresent() && user.get().text().contains(":")) {
            section.problem(user.get(), "must not have a ':'");
        } else if (user.isPresent()) {
            byte[] login = (user.get().text() + ":" + password.orElseThrow()).getBytes(UTF_8);
            return authorization("Basic " + Base64.getEncoder().encodeToString(login));
        } else if (apiKey.isPresent()) {
            if (!HEADER_TEXT.matcher(apiKey.get()).matches()) {
                section.problem("api_key: expected the encoded form of an API key, which is one word of ASCII");
            }
            return authorization("ApiKey " + apiKey.get());
        }
        return List.of();
    }

    private static List<Header> authorization(String value) {
        return List.of(new BasicHeader("Authorization", value));
    }

    /** What the JDK trusts, or else only the authority that the file names. */
    private static SSLContext trust(SourceSection section, List<URI> urls) {
        try {
            Optional<Value> ca = section.yaml().value("ca");
            if (ca.isEmpty()) {
                return SSLContext.getDefault();
            }
            if (urls.stream().anyMatch(url -> !"https".equals(url.getScheme()))) {
                section.problem(ca.get(), "is of use to https only; let every url begin with https://");
            }
            try {
                return trusting(Path.of(ca.get().text()));
            } catch (IOException | InvalidPathException | GeneralSecurityException e) {
                section.problem(ca.get(), "expected the path of a PEM file with the certificates to trust");
                return SSLContext.getDefault();
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no TLS", e);
        }
    }

    private static SSLContext trusting(Path pem) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(pem)) {
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("ca-" + trusted.size(), each);
            }
        }
        if (trusted.size() == 0) {
            throw new IOException("no certificate");
        }
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
