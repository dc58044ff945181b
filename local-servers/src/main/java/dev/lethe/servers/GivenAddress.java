package dev.lethe.servers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The address of a server that the environment names. Its errors never show the address, which may hold a password. */
record GivenAddress(String variable, URI uri) {
    /**
     * @param form how the address must look, for the error message
     * @return null if the environment does not have the variable
     */
    static @Nullable GivenAddress from(
            Map<String, String> environment, String variable, List<String> schemes, String form) {
        String value = environment.getOrDefault(variable, "").strip();
        if (value.isEmpty()) {
            return null;
        }
        try {
            URI uri = new URI(value);
            if (uri.getHost() != null && schemes.contains(uri.getScheme())) {
                return new GivenAddress(variable, uri);
            }
        } catch (URISyntaxException malformed) {
            // Falls through to the error below: this exception would quote the address.
        }
        throw new IllegalArgumentException(
                variable + " must look like " + form + "; it does not. Correct or unset it.");
    }

    String host() {
        return uri.getHost();
    }

    int port(int otherwise) {
        return uri.getPort() < 0 ? otherwise : uri.getPort();
    }

    String user() {
        return part(0);
    }

    String password() {
        return part(1);
    }

    private String part(int index) {
        String[] userAndPassword = uri.getRawUserInfo() == null
                ? new String[0]
                : uri.getRawUserInfo().split(":", 2);
        return index < userAndPassword.length
                ? URLDecoder.decode(userAndPassword[index].replace("+", "%2B"), UTF_8)
                : "";
    }
}
