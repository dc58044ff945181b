package dev.lethe.messages;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A place in a body where something else can be put.
 *
 * @param pointer JSON Pointer to it
 * @param field the last field name on the way; inside a map, the name of the map, as its keys are data
 */
record Place(String pointer, String field) {

    private static final String HERE = "<<here>>";

    static Stream<Place> in(String body) {
        var places = new ArrayList<Place>();
        collect(Contracts.tree(body), "", "", places);
        return places.stream();
    }

    private static void collect(JsonNode node, String pointer, String field, List<Place> places) {
        if (node instanceof ObjectNode object) {
            object.forEachEntry((name, value) -> {
                var place = new Place(pointer + "/" + name, field.equals("identities") ? field : name);
                places.add(place);
                collect(value, place.pointer(), place.field(), places);
            });
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                places.add(new Place(pointer + "/" + i, field));
                collect(array.get(i), pointer + "/" + i, field, places);
            }
        }
    }

    /** Whether this is a field, rather than an item of a list. */
    boolean isField() {
        return !lastStep().matches("[0-9]+");
    }

    String leftOutOf(String body) {
        var root = Contracts.tree(body);
        ((ObjectNode) parent(root)).remove(lastStep());
        return Contracts.JSON.writeValueAsString(root);
    }

    /** The body with {@code json} here: any text, so that what no tree can hold can be tried too. */
    String replacedIn(String body, String json) {
        var root = Contracts.tree(body);
        if (parent(root) instanceof ArrayNode array) {
            array.set(Integer.parseInt(lastStep()), array.stringNode(HERE));
        } else {
            ((ObjectNode) parent(root)).put(lastStep(), HERE);
        }
        return Contracts.JSON.writeValueAsString(root).replace('"' + HERE + '"', json);
    }

    private JsonNode parent(JsonNode root) {
        return root.at(pointer.substring(0, pointer.lastIndexOf('/')));
    }

    private String lastStep() {
        return pointer.substring(pointer.lastIndexOf('/') + 1);
    }
}
