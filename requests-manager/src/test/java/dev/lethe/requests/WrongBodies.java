package dev.lethe.requests;

import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Bodies that cannot be meant: with which right and where they are posted, and the reason of the refusal. Apostrophes are quotation marks. */
final class WrongBodies {

    private WrongBodies() {}

    static Stream<Arguments> all() {
        String good = submission(UUID.fromString("00000000-0000-4000-8000-000000000001"), "access", "planted-id");
        String path = "/requests/00000000-0000-4000-8000-000000000001";
        return Stream.of(
                argumentSet("not JSON", "submit", "/requests", "subject=planted", "not_json"),
                argumentSet("broken off", "submit", "/requests", good.substring(0, good.length() - 9), "not_json"),
                argumentSet("empty", "submit", "/requests", "", "not_json"),
                argumentSet("two documents", "submit", "/requests", good + good, "not_json"),
                argumentSet(
                        "a key twice",
                        "submit",
                        "/requests",
                        good.replace("'kind'", "'kind':'erasure','kind'"),
                        "not_json"),
                argumentSet("a list", "submit", "/requests", "['planted']", "invalid_body"),
                argumentSet("null", "submit", "/requests", "null", "invalid_body"),
                argumentSet("no kind", "submit", "/requests", good.replace("'kind':'access',", ""), "invalid_body"),
                argumentSet(
                        "an unknown kind",
                        "submit",
                        "/requests",
                        good.replace("'access'", "'planted'"),
                        "invalid_body"),
                argumentSet(
                        "no subject",
                        "submit",
                        "/requests",
                        good.replaceFirst("'subject':\\{[^}]*},", ""),
                        "invalid_body"),
                argumentSet(
                        "a subject of text",
                        "submit",
                        "/requests",
                        good.replaceFirst("'subject':\\{[^}]*}", "'subject':'planted'"),
                        "invalid_body"),
                argumentSet(
                        "a misspelt time",
                        "submit",
                        "/requests",
                        good.replace("submitted_at", "submited_planted"),
                        "invalid_body"),
                argumentSet(
                        "a misspelt e-mail",
                        "submit",
                        "/requests",
                        good.replace("'email'", "'planted_email'"),
                        "invalid_body"),
                argumentSet(
                        "a time that is none",
                        "submit",
                        "/requests",
                        good.replace("2027-01-31", "planted"),
                        "invalid_body"),
                argumentSet(
                        "a NUL", "submit", "/requests", good.replace("planted-id", "planted\\u0000"), "invalid_body"),
                argumentSet(
                        "an id of 10,000 characters",
                        "submit",
                        "/requests",
                        good.replace("planted-id", "planted".repeat(1_429)),
                        "invalid_body"),
                argumentSet(
                        "an id that is none",
                        "submit",
                        "/requests",
                        good.replace("00000000-0000", "planted"),
                        "invalid_body"),
                argumentSet(
                        "a regulation in capitals",
                        "submit",
                        "/requests",
                        good.replace("gdpr", "PLANTED"),
                        "invalid_body"),
                argumentSet("no reason", "operate", path + "/extend", "{}", "invalid_body"),
                argumentSet("a blank reason", "operate", path + "/reject", "{'reason':' '}", "invalid_body"),
                argumentSet(
                        "a long reason",
                        "operate",
                        path + "/reject",
                        "{'reason':'%s'}".formatted("planted".repeat(200)),
                        "invalid_body"),
                argumentSet(
                        "a name for a reason", "operate", path + "/hold", "{'reason':'Mara Planted'}", "invalid_body"),
                argumentSet("something to release", "operate", path + "/release", "{'planted':1}", "invalid_body"),
                argumentSet(
                        "a reason to take back", "submit", path + "/withdraw", "{'reason':'planted'}", "invalid_body"),
                argumentSet("no filter", "operate", "/requests/retry", "{}", "invalid_body"),
                argumentSet(
                        "a misspelt filter",
                        "operate",
                        "/requests/retry",
                        "{'filter':{'planted':'sources'}}",
                        "invalid_body"),
                argumentSet("a limited filter", "operate", "/requests/retry", "{'filter':{'limit':1}}", "invalid_body"),
                argumentSet("a misspelt search", "read", "/requests/search", "{'subjekt':'planted'}", "invalid_body"),
                argumentSet("a state that is none", "read", "/requests/search", "{'state':'planted'}", "invalid_body"),
                argumentSet("a limit too many", "read", "/requests/search", "{'limit':501}", "invalid_body"),
                argumentSet("a limit of text", "read", "/requests/search", "{'limit':'planted'}", "invalid_body"),
                argumentSet(
                        "an after that is none", "read", "/requests/search", "{'after':'planted'}", "invalid_body"));
    }

    /** One that is right. */
    static String submission(UUID id, String kind, String subject) {
        return "{'request_id':'%s','kind':'%s','subject':{'id':'%s','email':'planted@example.com'},'regulation':'gdpr','submitted_at':'2027-01-31T12:00:00Z'}"
                .formatted(id, kind, subject);
    }
}
