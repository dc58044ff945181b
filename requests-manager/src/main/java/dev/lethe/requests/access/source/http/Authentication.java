package dev.lethe.requests.access.source.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.files.YamlSection.Value;
import dev.lethe.requests.access.source.SourceSection;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a source says who asks. None of these prints what it holds. */
sealed interface Authentication {

    record None() implements Authentication {}

    /** Basic, bearer, or a key in a header of its own. */
    record Header(String name, String value) implements Authentication {
        @Override
        public String toString() {
            return "Header[" + name + ": ...]";
        }
    }

    record QueryKey(String name, String value) implements Authentication {
        @Override
        public String toString() {
            return "QueryKey[" + name + "=...]";
        }
    }

    /**
     * OAuth 2 (RFC 6749, 4.4): a token is fetched with these, and sent as a bearer token.
     *
     * @param inBody whether id and secret are sent as fields of the form, and not as basic authentication
     */
    record ClientCredentials(
            URI tokenUrl,
            String clientId,
            String secret,
            boolean inBody,
            @Nullable String scope,
            @Nullable String audience)
            implements Authentication {
        @Override
        public String toString() {
            return "ClientCredentials[" + clientId + "]";
        }
    }

    String EXAMPLE = "'{ type: bearer, token_env: BILLING_TOKEN }'";

    /** What a section says under {@code auth}, or in short under {@code bearer_env}; what is wrong with it is noted. */
    static Authentication read(SourceSection section) {
        Optional<String> shortly = secret(section, "bearer");
        Optional<SourceSection> auth = section.nested("auth", EXAMPLE);
        if (auth.isPresent() && shortly.isPresent()) {
            section.problem("has both auth and bearer_env or bearer_file; keep one of them");
        }
        return auth.map(Authentication::readAuth)
                .or(() -> shortly.map(Authentication::bearer))
                .orElseGet(None::new);
    }

    private static Authentication readAuth(SourceSection auth) {
        auth.yaml().required("type", "bearer");
        String type = auth.oneOf("type", List.of("none", "basic", "bearer", "header", "query", "oauth2"));
        return switch (type) {
            case "basic" -> {
                only(auth, "user", "password_env", "password_file");
                String user = text(auth, "user", "lethe");
                if (user.contains(":")) {
                    auth.problem("a user with ':' cannot be sent as basic authentication");
                }
                yield basic(user, requiredSecret(auth, "password"));
            }
            case "bearer" -> {
                only(auth, "token_env", "token_file");
                yield bearer(requiredSecret(auth, "token"));
            }
            case "header" -> {
                only(auth, "name", "key_env", "key_file");
                yield new Header(HttpSettings.headerName(auth, "name", "X-Api-Key"), requiredSecret(auth, "key"));
            }
            case "query" -> {
                only(auth, "name", "key_env", "key_file");
                yield new QueryKey(text(auth, "name", "api_key"), requiredSecret(auth, "key"));
            }
            case "oauth2" -> {
                only(
                        auth,
                        "token_url",
                        "client_id",
                        "client_secret_env",
                        "client_secret_file",
                        "scope",
                        "audience",
                        "credentials");
                Optional<Value> url = auth.yaml().required("token_url", "\"https://login.internal/oauth2/token\"");
                yield new ClientCredentials(
                        url.flatMap(found -> HttpSettings.url(auth, found)).orElse(URI.create("https://none.invalid")),
                        text(auth, "client_id", "lethe"),
                        requiredSecret(auth, "client_secret"),
                        auth.oneOf("credentials", List.of("header", "body")).equals("body"),
                        auth.yaml().value("scope").map(Value::text).orElse(null),
                        auth.yaml().value("audience").map(Value::text).orElse(null));
            }
            default -> {
                only(auth);
                yield new None();
            }
        };
    }

    private static void only(SourceSection auth, String... keys) {
        var known = new java.util.ArrayList<>(List.of("type"));
        known.addAll(List.of(keys));
        auth.yaml().allowOnly(known);
    }

    private static String text(SourceSection auth, String key, String example) {
        return auth.yaml().required(key, example).map(Value::text).orElse("");
    }

    private static String requiredSecret(SourceSection auth, String key) {
        if (!auth.yaml().has(key + "_env") && !auth.yaml().has(key + "_file")) {
            auth.problem("needs %1$s_env, the name of an environment variable, or %1$s_file, a path".formatted(key));
        }
        return secret(auth, key).orElse("");
    }

    /** One that would end its header, or that no header can carry, would only be noticed when somebody asks. */
    private static Optional<String> secret(SourceSection section, String key) {
        Optional<String> secret = section.secret(key);
        if (secret.isPresent() && !HttpSettings.isHeaderText(secret.get())) {
            section.problem("what %s_env or %s_file leads to has line breaks or other characters that HTTP cannot carry"
                    .formatted(key, key));
        }
        return secret;
    }

    static Header basic(String user, String password) {
        return new Header(
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8)));
    }

    static Header bearer(String token) {
        return new Header("Authorization", "Bearer " + token);
    }
}
