package hub.trial;

import hub.call.http.SendsHttp;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.KameletDefinition;
import org.apache.camel.model.LogDefinition;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.ToDynamicDefinition;

/** What a stub does to a step. */
enum StepKind {
  /** Its Kamelet or component sends something; the stub answers that. */
  SENDS,
  /** Code that the stub replaces. */
  CODE,
  /** Code that makes a call of its own, within {@code provider-call-action}. */
  CODE_OF_CALL,
  /** Any other step; a stub replaces it. */
  OTHER;

  boolean isReplaced() {
    return this != SENDS;
  }

  static StepKind of(CamelContext context, NamedNode step) {
    if (step instanceof ToDefinition to) {
      String uri = String.valueOf(to.getEndpointUri());
      return Outside.isAnswered(context, uri) ? SENDS : OTHER;
    }
    String bean =
        step instanceof ProcessDefinition process
            ? process.getRef()
            : step instanceof BeanDefinition called ? called.getRef() : null;
    if (!(step instanceof ProcessDefinition) && !(step instanceof BeanDefinition)) {
      return OTHER;
    }
    if (bean != null && context.getRegistry().lookupByName(bean) instanceof SendsHttp) {
      return SENDS;
    }
    return isInCall(step) ? CODE_OF_CALL : CODE;
  }

  /** Whether the step writes to the hub's database. */
  static boolean stores(NamedNode step) {
    return step instanceof ToDefinition to
        && String.valueOf(to.getEndpointUri()).matches("(?s)(sql|jdbc|inbox):.*");
  }

  /** Whether the step writes a line to the log. */
  static boolean logs(NamedNode step) {
    return step instanceof LogDefinition
        || (step instanceof SendDefinition<?> send
            && String.valueOf(send.getEndpointUri()).startsWith("log:"))
        || (step instanceof ToDynamicDefinition dynamic
            && String.valueOf(dynamic.getUri()).startsWith("log:"));
  }

  private static boolean isInCall(NamedNode step) {
    for (NamedNode above = step.getParent(); above != null; above = above.getParent()) {
      if (above instanceof KameletDefinition kamelet
          && kamelet.getName().startsWith("provider-call-action")) {
        return true;
      }
    }
    return false;
  }
}
