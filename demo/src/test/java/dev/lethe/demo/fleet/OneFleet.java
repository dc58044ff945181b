package dev.lethe.demo.fleet;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands the same fleet to every test that asks for one; it is ended after the last test of all classes. */
final class OneFleet implements ParameterResolver {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RunningFleet.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        RunningFleet.assumeNoServersAreGiven();
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(OneFleet.class))
                .computeIfAbsent(RunningFleet.class, type -> started(), RunningFleet.class);
    }

    private static RunningFleet started() {
        try {
            return RunningFleet.start();
        } catch (Exception e) {
            throw new IllegalStateException("the fleet did not start: " + e.getMessage(), e);
        }
    }
}
