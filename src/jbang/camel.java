///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17
// The newest launcher that can be had, with the Camel that the hub is built on.
//DEPS org.apache.camel:camel-jbang-core:4.17.0
//DEPS org.apache.camel:camel-api:4.18.0
//DEPS org.apache.camel:camel-attachments:4.18.0
//DEPS org.apache.camel:camel-base:4.18.0
//DEPS org.apache.camel:camel-base-engine:4.18.0
//DEPS org.apache.camel:camel-bean:4.18.0
//DEPS org.apache.camel:camel-catalog:4.18.0
//DEPS org.apache.camel:camel-catalog-console:4.18.0
//DEPS org.apache.camel:camel-catalog-suggest:4.18.0
//DEPS org.apache.camel:camel-cli-connector:4.18.0
//DEPS org.apache.camel:camel-console:4.18.0
//DEPS org.apache.camel:camel-core-catalog:4.18.0
//DEPS org.apache.camel:camel-core-engine:4.18.0
//DEPS org.apache.camel:camel-core-languages:4.18.0
//DEPS org.apache.camel:camel-core-model:4.18.0
//DEPS org.apache.camel:camel-core-processor:4.18.0
//DEPS org.apache.camel:camel-core-reifier:4.18.0
//DEPS org.apache.camel:camel-dsl-modeline:4.18.0
//DEPS org.apache.camel:camel-dsl-support:4.18.0
//DEPS org.apache.camel:camel-health:4.18.0
//DEPS org.apache.camel:camel-http-base:4.18.0
//DEPS org.apache.camel:camel-jackson:4.18.0
//DEPS org.apache.camel:camel-jfr:4.18.0
//DEPS org.apache.camel:camel-kamelet:4.18.0
//DEPS org.apache.camel:camel-kamelet-main:4.18.0
//DEPS org.apache.camel:camel-log:4.18.0
//DEPS org.apache.camel:camel-main:4.18.0
//DEPS org.apache.camel:camel-management:4.18.0
//DEPS org.apache.camel:camel-management-api:4.18.0
//DEPS org.apache.camel:camel-platform-http:4.18.0
//DEPS org.apache.camel:camel-platform-http-main:4.18.0
//DEPS org.apache.camel:camel-platform-http-vertx:4.18.0
//DEPS org.apache.camel:camel-resourceresolver-github:4.18.0
//DEPS org.apache.camel:camel-rest:4.18.0
//DEPS org.apache.camel:camel-seda:4.18.0
//DEPS org.apache.camel:camel-stub:4.18.0
//DEPS org.apache.camel:camel-support:4.18.0
//DEPS org.apache.camel:camel-timer:4.18.0
//DEPS org.apache.camel:camel-tooling-maven:4.18.0
//DEPS org.apache.camel:camel-tooling-model:4.18.0
//DEPS org.apache.camel:camel-util:4.18.0
//DEPS org.apache.camel:camel-util-json:4.18.0
//DEPS org.apache.camel:camel-vertx-common:4.18.0
//DEPS org.apache.camel:camel-vertx-http:4.18.0
//DEPS org.apache.camel:camel-xml-io:4.18.0
//DEPS org.apache.camel:camel-xml-io-util:4.18.0
//DEPS org.apache.camel:camel-xml-jaxp:4.18.0
//DEPS org.apache.camel:camel-xml-jaxp-util:4.18.0
//DEPS org.apache.camel:camel-yaml-dsl:4.18.0
//DEPS org.apache.camel:camel-yaml-dsl-common:4.18.0
//DEPS org.apache.camel:camel-yaml-dsl-deserializers:4.18.0

import org.apache.camel.dsl.jbang.core.commands.CamelJBangMain;

/** The Camel launcher: {@code jbang src/jbang/camel.java run application.properties} from a checkout. */
public class camel {
  public static void main(String... args) {
    CamelJBangMain.run(args);
  }
}
