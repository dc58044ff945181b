package dev.lethe.messages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** A record may be logged by mistake; then nobody is in the log. */
class PersonalDataTest {

    /** A reason is personal only where it is a person's words or for a person; participants give theirs without personal data. */
    private static final Set<String> PERSONAL =
            Set.of("id", "email", "identities", "subject_id", "download_url", "name", "media_type", "content", "url");

    static List<MessageType<?>> typesWithPersonalData() {
        return Messages.all().stream()
                .filter(type -> !personalTexts(type).isEmpty())
                .toList();
    }

    @Test
    void theTypesWithPersonalDataAreKnown() {
        assertThat(typesWithPersonalData())
                .containsExactly(
                        Messages.REQUEST_ACCESS,
                        Messages.REQUEST_ERASURE,
                        Messages.REQUEST_WITHDRAW,
                        Messages.REQUEST_EXTENDED,
                        Messages.REPORT_READY,
                        Messages.ERASURE_DATA_ERASED,
                        Messages.ERASURE_START,
                        Messages.PARTICIPANT_ERASE,
                        Messages.PARTICIPANT_EXPORT,
                        Messages.PARTICIPANT_EXPORTED);
    }

    @ParameterizedTest
    @MethodSource("typesWithPersonalData")
    void aRecordPrintsNoPersonalData(MessageType<?> type) {
        assertThat(Contracts.read(type, Contracts.approved(type)).toString())
                .startsWith(type.body().getSimpleName())
                .doesNotContain(personalTexts(type));
    }

    private static List<String> personalTexts(MessageType<?> type) {
        var texts = new ArrayList<String>();
        boolean reasonIsPersonal = type == Messages.REQUEST_WITHDRAW || type == Messages.REQUEST_EXTENDED;
        collect(Contracts.tree(Contracts.approved(type)), reasonIsPersonal, false, texts);
        return texts;
    }

    private static void collect(JsonNode node, boolean reasonIsPersonal, boolean personal, List<String> texts) {
        if (personal && node.isString()) {
            texts.add(node.stringValue());
        }
        node.properties().forEach(field -> {
            String name = field.getKey();
            if (personal) {
                texts.add(name);
            }
            boolean here = personal || PERSONAL.contains(name) || (reasonIsPersonal && name.equals("reason"));
            collect(field.getValue(), reasonIsPersonal, here, texts);
        });
        if (node.isArray()) {
            node.forEach(item -> collect(item, reasonIsPersonal, personal, texts));
        }
    }
}
