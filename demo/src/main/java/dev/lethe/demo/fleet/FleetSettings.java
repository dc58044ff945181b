package dev.lethe.demo.fleet;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a fleet is made of.
 *
 * @param root the project's folder, with the built services
 * @param dir where everything goes that the fleet writes
 * @param participants who holds personal data
 * @param sources where access reports are gathered from; without it access requests wait
 * @param instances how many processes of each service
 * @param environment further environment variables of the services, such as secrets that the sources name
 */
public record FleetSettings(
        Path root,
        Path dir,
        Path participants,
        @Nullable Path sources,
        Map<Service, Integer> instances,
        Map<String, String> environment) {

    /** As many of each. */
    public static Map<Service, Integer> ofEach(int n) {
        return Map.of(Service.REQUESTS_MANAGER, n, Service.CANCELLATION_SERVICE, n, Service.MESSAGE_SCHEDULER, n);
    }
}
