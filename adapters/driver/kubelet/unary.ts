import { type handleUnaryCall, status } from "@grpc/grpc-js";
import { TooManyClaimsError } from "../../../core/ports/dra_service.ts";
import { messageOf } from "../../../core/values/message_of.ts";

/**
 * A unary method out of a function; what that throws ends the call with status INTERNAL and the error's message, where it
 * takes no more claims with RESOURCE_EXHAUSTED.
 */
export function unary<Request, Response>(
  answer: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return async (call, callback) => {
    let response: Response;
    try {
      response = await answer(call.request);
    } catch (error) {
      return callback({
        code: error instanceof TooManyClaimsError ? status.RESOURCE_EXHAUSTED : status.INTERNAL,
        details: messageOf(error),
      });
    }
    callback(null, response);
  };
}
