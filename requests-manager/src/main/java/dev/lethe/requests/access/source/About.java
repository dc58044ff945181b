package dev.lethe.requests.access.source;

import java.util.Map;

/**
 * What every source says of itself, however it is read.
 *
 * @param name lower case letters, digits and hyphens; also the name of its folder in the report
 * @param explanation what it holds, in words for the person
 * @param parallel how many requests of this instance may read it at the same time
 * @param identities what else its records say of who the person is: name of the identity to the field of the record that has it.
 *     Such sources are read first, and the others may ask by {@code subject.identities.NAME}
 */
public record About(String name, String explanation, int parallel, Map<String, String> identities) {

    public About {
        identities = Map.copyOf(identities);
    }
}
