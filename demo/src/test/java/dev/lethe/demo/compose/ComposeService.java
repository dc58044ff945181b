package dev.lethe.demo.compose;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One service of the Compose file. */
record ComposeService(String name, Map<String, Object> content) {

    /** @param address the machine's; {@code published} is empty if the engine chooses */
    record Port(String address, String published, int target) {}

    /** @param source a folder or file of the project, or a volume's name */
    record Mount(String source, String target, boolean readOnly) {

        boolean isFile() {
            return source.startsWith("./");
        }
    }

    String text(String key) {
        return String.valueOf(content.getOrDefault(key, ""));
    }

    List<String> list(String key) {
        return ComposeFile.list(content.get(key));
    }

    /** Whether it is one of our programs, made by the Dockerfile. */
    boolean isOurs() {
        return content.containsKey("build");
    }

    /** Whether it does something and ends. */
    boolean ends() {
        return !text("restart").equals("unless-stopped");
    }

    String program() {
        return String.valueOf(
                ComposeFile.map(ComposeFile.map(content.get("build")).get("args"))
                        .get("SERVICE"));
    }

    Map<String, String> environment() {
        var environment = new LinkedHashMap<String, String>();
        ComposeFile.map(content.get("environment"))
                .forEach((key, value) -> environment.put(key, String.valueOf(value)));
        return environment;
    }

    /** Each on whom it depends, with the condition that is waited for. */
    Map<String, String> dependencies() {
        var dependencies = new LinkedHashMap<String, String>();
        ComposeFile.map(content.get("depends_on"))
                .forEach((name, how) -> dependencies.put(
                        name, String.valueOf(ComposeFile.map(how).get("condition"))));
        return dependencies;
    }

    List<String> health() {
        return ComposeFile.list(ComposeFile.map(content.get("healthcheck")).get("test"));
    }

    List<Port> ports() {
        return list("ports").stream()
                .map(port -> port.split(":", -1))
                .map(parts -> new Port(parts[0], parts[1], Integer.parseInt(parts[2])))
                .toList();
    }

    List<Mount> mounts() {
        return list("volumes").stream()
                .map(mount -> mount.split(":", -1))
                .map(parts -> new Mount(parts[0], parts[1], parts.length > 2 && parts[2].equals("ro")))
                .toList();
    }
}
